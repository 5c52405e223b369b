"""Fields that a built-in type does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.objects import Manifest
from trueup.schema.wire import METADATA, load


def unknown_fields(obj: Manifest) -> list[str]:
    """The paths of fields that the object's kind does not know: ``spec.containers[0].foo``."""
    type_name = load().kinds.get((str(obj.get("apiVersion")), str(obj.get("kind"))))
    return [] if type_name is None else [path.lstrip(".") for path in _below(obj, type_name, "")]


def unknown_metadata(metadata: Manifest) -> list[str]:
    """The paths of fields that the metadata of an object does not have."""
    return [f"metadata{path}" for path in _below(metadata, METADATA, "")]


def _below(value: Any, holds: str, path: str) -> Iterator[str]:
    if holds.startswith("[]"):
        for at, item in enumerate(value if isinstance(value, list) else ()):
            yield from _below(item, holds[2:], f"{path}[{at}]")
    elif holds.startswith("{}"):
        for key, item in value.items() if isinstance(value, dict) else ():
            yield from _below(item, holds[2:], f"{path}.{key}")
    elif holds in load().types and isinstance(value, dict):
        fields = load().types[holds]
        for name, item in value.items():
            if name not in fields:
                yield f"{path}.{name}"
            elif isinstance(item, dict | list):
                yield from _below(item, fields[name].holds, f"{path}.{name}")
