"""Whole objects within a custom resource (``x-kubernetes-embedded-resource``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.causes import Cause, below, child, invalid, required
from trueup.controlplane.validation.metadata import validate_metadata
from trueup.objects import Manifest, names
from trueup.schema import Schema


def embedded_resources(schema: Schema | None, value: Any, path: str = "") -> Iterator[Cause]:
    """What is wrong with the identity and metadata of objects below ``value``."""
    if schema is None:
        return
    if isinstance(value, dict):
        if schema.embedded_resource:
            yield from _embedded(value, path)
        for name, item in value.items():
            if name in schema.properties:
                yield from embedded_resources(schema.properties[name], item, child(path, name))
            else:
                yield from embedded_resources(schema.additional, item, below(path, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from embedded_resources(schema.items, item, below(path, at))


def embedded_metadata(
    schema: Schema | None, value: Any, path: str = ""
) -> Iterator[tuple[str, Any]]:
    """The metadata of each embedded object below ``value``, with its path."""
    if schema is None:
        return
    if isinstance(value, dict):
        if schema.embedded_resource and value.get("metadata") is not None:
            yield child(path, "metadata"), value["metadata"]
        for name, item in value.items():
            place = child(path, name) if name in schema.properties else below(path, name)
            yield from embedded_metadata(schema.field(name), item, place)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from embedded_metadata(schema.items, item, below(path, at))


def _embedded(obj: Manifest, path: str) -> Iterator[Cause]:
    for name in ("apiVersion", "kind"):
        if name not in obj:
            yield required(child(path, name))
        elif not isinstance(obj[name], str):
            yield invalid(child(path, name), obj[name], "must be a string")
        elif not obj[name]:
            yield invalid(child(path, name), "", "must not be empty")
        else:
            yield from _identity(name, obj[name], child(path, name))
    metadata = obj.get("metadata")
    if isinstance(metadata, dict):
        named = {"name": "fakename", **metadata}
        yield from validate_metadata(
            named,
            names.path_segment,
            namespaced=bool(metadata.get("namespace")),
            path=child(path, "metadata"),
        )


def _identity(name: str, text: str, path: str) -> Iterator[Cause]:
    if name == "apiVersion" and text.count("/") > 1:
        yield invalid(path, text, f"unexpected GroupVersion string: {text}")
    problems = names.dns_1035_label(text.lower()) if name == "kind" else []
    if problems:
        detail = f"may have mixed case, but should otherwise match: {','.join(problems)}"
        yield invalid(path, text, detail)
