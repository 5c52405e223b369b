"""A value against the schema of its place, with the findings that kube-openapi would report.

The schema is the definition's own (``openAPIV3Schema``), so that what it says of metadata counts
too. On an update what did not change is not held against anybody: a rule that was tightened later
does not lock up what was written before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from trueup.controlplane.validation.causes import (
    NOWHERE,
    Cause,
    invalid,
    required,
    too_many,
    type_invalid,
    unsupported,
)
from trueup.controlplane.validation.custom.previous import NOTHING, Previous
from trueup.controlplane.validation.custom.result import Result
from trueup.controlplane.validation.custom.scalars import check_format, check_number, check_string
from trueup.schema.formats import FORMATS, normalized
from trueup.schema.node import Node


def validate(node: Node, value: Any, previous: Previous = NOTHING, path: str = "") -> list[Cause]:
    """What is wrong with ``value``; ``previous`` is what stood at its place before the update."""
    return _check(node, _Place(value, path.rstrip("."), previous)).causes


@dataclass(frozen=True, slots=True)
class _Place:
    value: Any
    path: str
    previous: Previous

    def field(self, name: str, *, declared: bool) -> _Place:
        path = f"{self.path}.{name}" if self.path or not declared else name
        before = self.previous.field(name)
        if not self.path and name in {"kind", "apiVersion"}:
            before = NOTHING
        return _Place(self.value[name], path, before)

    def item(self, node: Node, at: int) -> _Place:
        before = self.previous.item(node, self.value[at])
        return _Place(self.value[at], f"{self.path}[{at}]", before)

    @property
    def shown(self) -> str:
        """The path as the field of a cause."""
        return self.path.removeprefix(".")


def _check(node: Node, place: _Place) -> Result:
    result = Result()
    if place.value is None:
        result.merge(_check_type(node, place))
        result.merge(_check_enum(node, place))
    else:
        result.merge_all(_checks(node, place))
        result.matches += 1
    if result.causes and place.previous.equals(place.value):
        result.causes = []
    return result


def _checks(node: Node, place: _Place) -> Iterator[Result | None]:
    """The findings of every rule that applies to a value of this sort."""
    value, path = place.value, place.path
    if _types(node) or _format(node):
        yield _check_type(node, place)
    yield _check_combinations(node, place)
    if isinstance(value, str):
        yield _renamed(check_string(node, value, path), place)
        if _format(node):
            yield _renamed(check_format(node, value, path), place)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        result = Result(*(_relocated(cause, place) for cause in check_number(node, value, path)))
        result.matches = 1
        yield result
    elif isinstance(value, list):
        yield _check_list(node, place)
    yield _check_enum(node, place)
    if isinstance(value, dict):
        yield _check_object(node, place)


def _relocated(cause: Cause, place: _Place) -> Cause:
    field = cause["field"]
    return cause if field == NOWHERE else {**cause, "field": place.shown or NOWHERE}


def _renamed(cause: Cause | None, place: _Place) -> Result | None:
    return None if cause is None else Result(_relocated(cause, place))


# --- type, format, enum -------------------------------------------------------------------------


def _types(node: Node) -> tuple[str, ...]:
    if node.get("x-kubernetes-int-or-string"):
        return ("integer", "string")
    kind = node.get("type")
    return (kind,) if kind else ()


def _format(node: Node) -> str:
    """The format, where it is one that is known for the type."""
    kind, name = node.get("type") or "", str(node.get("format") or "")
    if node.get("x-kubernetes-int-or-string") or kind in {"", "string"}:
        return name if normalized(name) in FORMATS else ""
    known = {"integer": ("int32", "int64"), "number": ("float", "double")}
    return name if name in known.get(kind, ()) else ""


def _type_of(value: Any) -> str:
    kinds = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array"}
    return kinds.get(type(value), "object")


def _check_type(node: Node, place: _Place) -> Result:
    wanted, value = _types(node), place.value
    if value is None:
        if wanted and not node.get("nullable"):
            return _wrong_type(place, ",".join(wanted), "null")
        return _fitting()
    actual = _type_of(value)
    numeric = {"number", "integer"} & set(wanted)
    whole = actual == "number" and float(value).is_integer() and "integer" in wanted
    fits = actual in wanted or whole or (actual == "integer" and "number" in wanted)
    form = _format(node)
    if form and actual not in {"string", "array"} and not fits:
        return _wrong_type(place, form, _GO_FORMATS.get(actual, ""))
    if form and actual in {"string", "array"} and not numeric:
        return _fitting()
    return _fitting() if fits or not wanted else _wrong_type(place, ",".join(wanted), actual)


_GO_FORMATS = {"integer": "int64", "number": "float64"}


def _fitting() -> Result:
    result = Result()
    result.matches = 1
    return result


def _wrong_type(place: _Place, wanted: str, actual: str) -> Result:
    detail = f'{place.path} in body must be of type {wanted}: "{actual}"'
    return Result(type_invalid(place.shown, actual, detail))


def _check_enum(node: Node, place: _Place) -> Result | None:
    allowed = node.get("enum")
    if not allowed or any(_same(place.value, one) for one in allowed if one is not None):
        return None
    texts = [one if isinstance(one, str) else orjson.dumps(one).decode() for one in allowed]
    return Result(unsupported(place.shown, place.value, texts))


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


# --- combinations -------------------------------------------------------------------------------


def _check_combinations(node: Node, place: _Place) -> Result:
    result = Result()
    if node.get("anyOf"):
        _check_any(node["anyOf"], place, result)
    if node.get("oneOf"):
        _check_one(node["oneOf"], place, result)
    if node.get("allOf"):
        _check_all(node["allOf"], place, result)
    if node.get("not") is not None and _check(node["not"], place).is_valid:
        result.add(_about(place, "must not validate the schema (not)"))
    result.matches += 1
    return result


def _about(place: _Place, rule: str) -> Cause:
    return invalid(NOWHERE, "", f'"{place.path}" {rule}')


def _closest(results: list[Result]) -> Result:
    """The failure that fitted best; of several the first."""
    return max(results, key=lambda result: result.matches)


def _check_any(nodes: list[Node], place: _Place, into: Result) -> None:
    failures = []
    for node in nodes:
        result = _check(node, place)
        if result.is_valid:
            into.merge(result)
            return
        failures.append(result)
    into.add(_about(place, "must validate at least one schema (anyOf)"))
    into.merge(_closest(failures))


def _check_one(nodes: list[Node], place: _Place, into: Result) -> None:
    results = [_check(node, place) for node in nodes]
    valid = [result for result in results if result.is_valid]
    if len(valid) == 1:
        into.merge(valid[0])
        return
    found = f"Found {len(valid)} valid alternatives" if valid else "Found none valid"
    into.add(_about(place, f"must validate one and only one schema (oneOf). {found}"))
    if not valid:
        into.merge(_closest(results))


def _check_all(nodes: list[Node], place: _Place, into: Result) -> None:
    results = [_check(node, place) for node in nodes]
    for result in results:
        into.merge(result)
    valid = sum(result.is_valid for result in results)
    if valid < len(results):
        none = "" if valid else ". None validated"
        into.add(_about(place, f"must validate all the schemas (allOf){none}"))


# --- lists and objects --------------------------------------------------------------------------


def _check_list(node: Node, place: _Place) -> Result:
    result, items = Result(), place.value
    if isinstance(node.get("items"), dict):
        for at in range(len(items)):
            result.merge(_check(node["items"], place.item(node, at)))
    least, most = node.get("minItems"), node.get("maxItems")
    if least is not None and len(items) < least:
        detail = f"{place.path} in body should have at least {least} items"
        result.add(invalid(place.shown, len(items), detail))
    if most is not None and len(items) > most:
        result.add(too_many(place.shown, len(items), most))
    if node.get("uniqueItems") and _has_duplicates(items):
        detail = f"{place.path} in body shouldn't contain duplicates"
        result.add(invalid(place.shown, "", detail))
    result.matches += 1
    return result


def _has_duplicates(items: list[Any]) -> bool:
    return any(_same(item, other) for at, item in enumerate(items) for other in items[:at])


def _check_object(node: Node, place: _Place) -> Result:
    result, value = Result(), place.value
    _check_size(node, place, result)
    properties, additional = node.get("properties") or {}, node.get("additionalProperties")
    for name in value:
        if name in properties:
            continue
        if additional is False:
            detail = f"{place.path}.{name} in body is a forbidden property"
            result.add(invalid(place.shown, name, detail))
        elif isinstance(additional, dict):
            result.merge(_check(additional, place.field(name, declared=False)))
    for name, found in properties.items():
        if name in value:
            result.merge(_check(found, place.field(name, declared=True)))
    for name in node.get("required") or ():
        if name not in value:
            result.add(required(f"{place.path}.{name}".removeprefix(".")))
    return result


def _check_size(node: Node, place: _Place, result: Result) -> None:
    size, least, most = len(place.value), node.get("minProperties"), node.get("maxProperties")
    if least is not None and size < least:
        detail = f"{place.path} in body should have at least {least} properties"
        result.add(invalid(place.shown, size, detail))
    if most is not None and size > most:
        result.add(too_many(place.shown, size, most))
