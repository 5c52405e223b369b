"""Functions on lists: the ``lists`` extension, and Kubernetes' own."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any, Final

from trueup.cel import operators
from trueup.cel.budget import spend
from trueup.cel.operators import compare, in_list
from trueup.cel.registry import function
from trueup.cel.values import Duration, EvaluationError, UInt, equal, type_name

_ORDERED: Final = ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
_SUMMABLE: Final = ("int", "uint", "double", "duration")
_ADD: Final[dict[type, Any]] = {
    int: operators.add_int,
    UInt: operators.add_uint,
    float: operators.add_double,
    Duration: operators.add_durations,
}


def _each(*types: str, result: str) -> list[str]:
    return [f"list<{kind}>.() -> {result.format(kind)}" for kind in types]


def _ordered(items: list[Any]) -> list[Any]:
    """``items``, which must be of one type that has an order."""
    spend(len(items))
    kinds = {type_name(item) for item in items}
    if len(kinds) > 1 or not kinds <= _ORDERED_NAMES:
        raise EvaluationError(f"no such overload: an order of {', '.join(sorted(kinds))}")
    return items


_ORDERED_NAMES: Final = {
    *_ORDERED,
    "google.protobuf.Duration",
    "google.protobuf.Timestamp",
}


@function("lists", "isSorted", *_each(*_ORDERED, result="bool"))
def is_sorted(items: list[Any]) -> bool:
    return all(compare(a, b) <= 0 for a, b in zip(_ordered(items), items[1:], strict=False))


@function("lists", "sum", *_each(*_SUMMABLE, result="{}"))
def total(items: list[Any]) -> Any:
    if not items:
        return 0
    result = items[0]
    for item in items[1:]:
        if type(item) is not type(result) or type(item) not in _ADD:
            raise EvaluationError(f"no such overload: sum() with {type_name(item)}")
        result = _ADD[type(item)](result, item)
    return result


@function("lists", "min", *_each(*_ORDERED, result="{}"))
def least(items: list[Any]) -> Any:
    if not items:
        raise EvaluationError("min called on empty list")
    return min(_ordered(items), key=cmp_to_key(compare))


@function("lists", "max", *_each(*_ORDERED, result="{}"))
def greatest(items: list[Any]) -> Any:
    if not items:
        raise EvaluationError("max called on empty list")
    return max(_ordered(items), key=cmp_to_key(compare))


@function("lists", "indexOf", "list<A>.(A) -> int")
def index_of(items: list[Any], wanted: Any) -> int:
    spend(len(items))
    return next((at for at, item in enumerate(items) if equal(item, wanted)), -1)


@function("lists", "lastIndexOf", "list<A>.(A) -> int")
def last_index_of(items: list[Any], wanted: Any) -> int:
    spend(len(items))
    places = range(len(items) - 1, -1, -1)
    return next((at for at in places if equal(items[at], wanted)), -1)


@function("lists", "includes", "dyn.(dyn) -> bool")
def includes(target: Any, wanted: Any) -> bool:
    return in_list(wanted, target) if isinstance(target, list) else equal(target, wanted)


@function("lists", "slice", "list<A>.(int, int) -> list<A>")
def cut(items: list[Any], start: int, end: int) -> list[Any]:
    if start < 0 or end < 0 or start > end or end > len(items):
        raise EvaluationError(f"cannot slice({start}, {end}), list has {len(items)} items")
    return items[start:end]


@function("lists", "flatten", "list<list<A>>.() -> list<A>", "list<dyn>.(int) -> list<dyn>")
def flatten(items: list[Any], depth: int = 1) -> list[Any]:
    if depth < 0:
        raise EvaluationError("level must be non-negative")
    spend(len(items))
    found: list[Any] = []
    for item in items:
        nested = isinstance(item, list) and depth > 0
        found += flatten(item, depth - 1) if nested else [item]
    return found


@function("lists", "sort", *_each(*_ORDERED, result="list<{}>"))
def sort(items: list[Any]) -> list[Any]:
    return sorted(_ordered(items), key=cmp_to_key(compare))


@function(
    "lists",
    "@sortByAssociatedKeys",
    *(f"list<A>.(list<{kind}>) -> list<A>" for kind in _ORDERED),
)
def sort_by(items: list[Any], keys: list[Any]) -> list[Any]:
    """``items`` in the order of ``keys``, which ``sortBy`` has computed."""
    order = cmp_to_key(compare)
    pairs = sorted(zip(_ordered(keys), items, strict=True), key=lambda pair: order(pair[0]))
    return [item for _, item in pairs]


@function("lists", "lists.range", "(int) -> list<int>")
def integers(count: int) -> list[int]:
    if count < 0:
        raise EvaluationError(f"lists.range: size must be non-negative, got {count}")
    spend(count)
    return list(range(count))


@function("lists", "reverse", "list<A>.() -> list<A>")
def reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@function("lists", "distinct", "list<A>.() -> list<A>")
def distinct(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if not in_list(item, found):
            found.append(item)
    return found
