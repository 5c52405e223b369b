"""Optional values: ``optional.of(x)``, ``a.?b.orValue(c)`` and their kin."""

from __future__ import annotations

from typing import Any

from trueup.cel.operators import TIMESTAMPS
from trueup.cel.registry import function
from trueup.cel.values import Duration, EvaluationError, Optional, Timestamp


@function("optionals", "optional.of", "(A) -> optional_type<A>")
def of(value: Any) -> Optional:
    return Optional((value,))


@function("optionals", "optional.none", "() -> optional_type<A>")
def none() -> Optional:
    return Optional()


@function("optionals", "optional.ofNonZeroValue", "(A) -> optional_type<A>")
def of_non_zero(value: Any) -> Optional:
    """Absent for the zero of a type; an optional or a type has none."""
    if isinstance(value, Timestamp):
        empty = value.nanoseconds == TIMESTAMPS.start
    elif isinstance(value, Duration):
        empty = value.nanoseconds == 0
    else:
        empty = not value
    return Optional() if empty else Optional((value,))


@function("optionals", "hasValue", "optional_type<A>.() -> bool")
def has_value(optional: Optional) -> bool:
    return bool(optional.items)


@function("optionals", "value", "optional_type<A>.() -> A")
def value(optional: Optional) -> Any:
    if not optional.items:
        raise EvaluationError("optional.none() dereference")
    return optional.items[0]


@function("optionals", "orValue", "optional_type<A>.(A) -> A")
def or_value(optional: Optional, default: Any) -> Any:
    return optional.items[0] if optional.items else default


@function("optionals", "or", "optional_type<A>.(optional_type<A>) -> optional_type<A>")
def or_other(optional: Optional, other: Optional) -> Optional:
    return optional if optional.items else other


@function("optionals", "optional.unwrap", "(list<optional_type<A>>) -> list<A>")
@function("optionals", "unwrapOpt", "list<optional_type<A>>.() -> list<A>")
def unwrap(optionals: list[Any]) -> list[Any]:
    if not all(isinstance(optional, Optional) for optional in optionals):
        raise EvaluationError("no such overload: unwrap() of a list of other values")
    return [item for optional in optionals for item in optional.items]


@function("optionals", "first", "list<A>.() -> optional_type<A>")
def first(items: list[Any]) -> Optional:
    return Optional(tuple(items[:1]))


@function("optionals", "last", "list<A>.() -> optional_type<A>")
def last(items: list[Any]) -> Optional:
    return Optional(tuple(items[-1:]))
