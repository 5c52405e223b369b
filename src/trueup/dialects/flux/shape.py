"""The shape that an object must have before anything is laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trueup.errors import RenderError
from trueup.objects import Manifest, ObjectRef, manifest


def check_shape(obj: Manifest) -> None:
    """RenderError, with the object as subject, where what is merged is not a mapping.

    All else that may be wrong with an object is for the API server to say.
    """
    for field, value in _mappings(obj):
        if value is not None and not isinstance(value, Mapping):
            raise RenderError(
                f"{field} is not a mapping",
                subject=str(ObjectRef.of(obj)),
                next_step=f"write {field.rpartition('.')[2]} as keys with values",
            )
    if _is_secret(obj):
        for key, value in (obj.get("stringData") or {}).items():
            _check_text(obj, f"stringData.{key}", value)


def _mappings(obj: Manifest) -> Iterator[tuple[str, Any]]:
    for field in ("labels", "annotations"):
        yield f"metadata.{field}", manifest.metadata(obj).get(field)
    if _is_secret(obj):
        yield from ((field, obj.get(field)) for field in ("data", "stringData"))


def _check_text(obj: Manifest, field: str, value: Any) -> None:
    """The value itself is secret."""
    if value is not None and not isinstance(value, str):
        raise RenderError(
            f"{field} is not a string",
            subject=str(ObjectRef.of(obj)),
            next_step="put the value in quotes",
        )


def _is_secret(obj: Manifest) -> bool:
    return obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"
