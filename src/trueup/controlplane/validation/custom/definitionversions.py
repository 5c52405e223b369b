"""The versions of a CustomResourceDefinition: schemas, subresources, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    duplicate,
    forbidden,
    invalid,
    required,
    too_many,
)
from trueup.controlplane.validation.custom.declarations import declaration_problems
from trueup.controlplane.validation.custom.rulepaths import field_path
from trueup.controlplane.validation.custom.schemadefaults import default_problems
from trueup.controlplane.validation.custom.schemarules import compile_problems, writing_problems
from trueup.controlplane.validation.custom.structural import structural_problems
from trueup.objects import Manifest, names
from trueup.schema import Schema
from trueup.schema.node import Node

_Check: TypeAlias = Callable[[Manifest, Any, str], Iterator[Cause]]

_COLUMN_TYPES: Final = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS: Final = (
    "byte",
    "date",
    "date-time",
    "double",
    "float",
    "int32",
    "int64",
    "password",
)
_MAX_SELECTABLE: Final = 8


def version_problems(versions: list[Manifest]) -> Iterator[Cause]:
    """What all versions say alike is reported once, where the API server keeps it."""
    for at, version in enumerate(versions):
        path = below("spec.versions", at)
        if not (version.get("schema") or {}).get("openAPIV3Schema"):
            yield required(child(path, "schema.openAPIV3Schema"))
        name = str(version.get("name") or "")
        if problems := names.dns_1035_label(name):
            yield invalid(child(path, "name"), name, ",".join(problems))
        yield from _deprecation(version, path)
    yield from _parts(versions, "schema", "validation", _schema)
    yield from _parts(versions, "subresources", "subresources", _subresources)
    yield from _parts(versions, "additionalPrinterColumns", "", _columns)
    yield from _parts(versions, "selectableFields", "", _selectable)
    shown = [_shown(version) for version in versions]
    if len({version.get("name") for version in versions}) < len(versions):
        yield invalid("spec.versions", shown, "must contain unique version names")
    if sum(bool(version.get("storage")) for version in versions) != 1:
        detail = "must have exactly one version marked as storage version"
        yield invalid("spec.versions", shown, detail)


def _shown(version: Manifest) -> Struct:
    """The version as the API server's own type of it is written, but for what all say alike."""
    return Struct(
        Name=version.get("name") or "",
        Served=bool(version.get("served")),
        Storage=bool(version.get("storage")),
        Deprecated=bool(version.get("deprecated")),
        DeprecationWarning=version.get("deprecationWarning"),
        Schema=None,
        Subresources=None,
        AdditionalPrinterColumns=None,
        SelectableFields=None,
    )


def _parts(versions: list[Manifest], name: str, shared: str, check: _Check) -> Iterator[Cause]:
    said = [version.get(name) for version in versions]
    if said and said[0] is not None and all(one == said[0] for one in said):
        yield from check(versions[0], said[0], f"spec.{shared or name}")
        return
    for at, version in enumerate(versions):
        if version.get(name) is not None:
            yield from check(version, version[name], child(below("spec.versions", at), name))


def _deprecation(version: Manifest, path: str) -> Iterator[Cause]:
    text, place = version.get("deprecationWarning"), child(path, "deprecationWarning")
    if text is None:
        return
    if not version.get("deprecated"):
        yield invalid(place, text, "can only be set for deprecated versions")
    elif len(text) > 256:
        yield invalid(place, text, "must be <= 256 characters long")
    elif not text:
        yield invalid(place, text, "must not be an empty string")


def _schema(version: Manifest, schema: Manifest, path: str) -> Iterator[Cause]:
    node, path = schema.get("openAPIV3Schema"), child(path, "openAPIV3Schema")
    if not isinstance(node, dict):
        return
    found = list(_root(version, node, path))
    found += structural_problems(node, path) or default_problems(node, path)
    found += declaration_problems(node, path)
    found += writing_problems(node, path)
    yield from found
    if not found:
        yield from compile_problems(node, path)


def _root(version: Manifest, node: Node, path: str) -> Iterator[Cause]:
    if node.get("nullable"):
        yield forbidden(child(path, "nullable"), "nullable cannot be true at the root")
    if (version.get("subresources") or {}).get("status") is None:
        return
    if node.get("type") not in (None, "object"):
        detail = (
            'only "object" is allowed as the type at the root of the schema if the status'
            " subresource is enabled"
        )
        yield invalid(child(path, "type"), node["type"], detail)


def _subresources(_: Manifest, subresources: Manifest, path: str) -> Iterator[Cause]:
    scale = subresources.get("scale")
    if scale is None:
        return
    place = child(path, "scale")
    for name, under in (("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")):
        said = str(scale.get(name) or "")
        if not said:
            yield required(child(place, name))
        else:
            yield from _json_path(said, child(place, name), (under,))
    if selector := str(scale.get("labelSelectorPath") or ""):
        yield from _json_path(selector, child(place, "labelSelectorPath"), (".spec.", ".status."))


def _json_path(text: str, path: str, under: Sequence[str] = ()) -> Iterator[Cause]:
    if not text.startswith("."):
        yield invalid(path, text, "must be a simple json path starting with .")
    elif under and not text.startswith(tuple(under)):
        places = " or ".join(prefix.rstrip(".") for prefix in under)
        either = "either " if len(under) > 1 else ""
        yield invalid(path, text, f"should be a json path under {either}{places}")


def _columns(_: Manifest, columns: list[Manifest], path: str) -> Iterator[Cause]:
    for at, column in enumerate(columns):
        yield from _column(column, below(path, at))


def _column(column: Manifest, path: str) -> Iterator[Cause]:
    if not column.get("name"):
        yield required(child(path, "name"))
    kind, form = column.get("type") or "", column.get("format") or ""
    listed = f"must be one of {','.join(_COLUMN_TYPES)}"
    if not kind:
        yield required(child(path, "type"), listed)
    elif kind not in _COLUMN_TYPES:
        yield invalid(child(path, "type"), kind, listed)
    if form and form not in _COLUMN_FORMATS:
        yield invalid(child(path, "format"), form, f"must be one of {','.join(_COLUMN_FORMATS)}")
    json_path = str(column.get("jsonPath") or "")
    if not json_path:
        yield required(child(path, "JSONPath"))
    else:
        yield from _json_path(json_path, child(path, "JSONPath"))


def _selectable(version: Manifest, fields: list[Manifest], path: str) -> Iterator[Cause]:
    declared = (version.get("schema") or {}).get("openAPIV3Schema") or {}
    seen: set[str] = set()
    for at, field in enumerate(fields):
        said, place = str(field.get("jsonPath") or ""), child(below(path, at), "jsonPath")
        if not said:
            yield required(place)
            continue
        found = None if "[" in said else field_path(said, Schema(declared))
        if found is None:
            yield invalid(place, said, "is an invalid path: does not refer to a valid field")
            continue
        if found.split(".")[0] == "metadata":
            yield invalid(place, said, "must not point to fields in metadata")
        if found in seen:
            yield duplicate(place, said)
        seen.add(found)
    if len(seen) > _MAX_SELECTABLE:
        yield too_many(path, len(seen), _MAX_SELECTABLE)
