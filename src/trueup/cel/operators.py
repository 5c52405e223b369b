"""Operators: arithmetic within 64 bits, comparison, membership, selection and indexing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from trueup.cel.budget import spend
from trueup.cel.registry import function
from trueup.cel.values import (
    INT64,
    UINT64,
    Duration,
    EvaluationError,
    Optional,
    Record,
    Timestamp,
    UInt,
    equal,
    find,
    is_index,
    type_name,
)

TIMESTAMPS = range(-62_135_596_800 * 10**9, 253_402_300_800 * 10**9)
"""The years 1 to 9999."""


def select(operand: Any, field: str) -> Any:
    """``operand.field``; an optional operand gives an optional."""
    if type(operand) is dict:
        try:
            return operand[field]
        except KeyError:
            raise EvaluationError(f"no such key: {field}") from None
    if type(operand) is Optional:
        return select_optionally(operand, field)
    if isinstance(operand, Record):
        return operand.field(field)
    raise EvaluationError(f"no such overload: {type_name(operand)}.{field}")


def has_field(operand: Any, field: str) -> bool:
    if type(operand) is dict:
        return field in operand
    if type(operand) is Optional:
        return bool(operand.items) and has_field(operand.items[0], field)
    if isinstance(operand, Record):
        return operand.has(field)
    if type(operand) is list:
        raise EvaluationError("no such overload: has() on an item of a list")
    return False


def select_optionally(operand: Any, field: str) -> Optional:
    return index_optionally(operand, field)


@function(
    "standard",
    "[?]",
    "(list<A>, int) -> optional_type<A>",
    "(map<K, V>, K) -> optional_type<V>",
    "(optional_type<list<A>>, int) -> optional_type<A>",
    "(optional_type<map<K, V>>, K) -> optional_type<V>",
    looks_itself=True,
)
def index_optionally(operand: Any, key: Any) -> Optional:
    """``operand[?key]``: absent where there is no such item."""
    if type(operand) is Optional:
        return index_optionally(operand.items[0], key) if operand.items else operand
    if not is_index(key):
        raise EvaluationError(f"invalid key type: {type_name(key)}")
    if type(operand) is dict:
        return Optional(find(operand, key))
    if type(operand) is list:
        at = _list_index(key)
        return Optional((operand[at],)) if 0 <= at < len(operand) else Optional()
    return Optional()


@function(
    "standard",
    "[]",
    "(list<A>, int) -> A",
    "(map<K, V>, K) -> V",
    "(optional_type<list<A>>, int) -> optional_type<A>",
    "(optional_type<map<K, V>>, K) -> optional_type<V>",
    looks_itself=True,
)
def index(operand: Any, key: Any) -> Any:
    if type(operand) is Optional:
        return index_optionally(operand, key)
    found = index_optionally(operand, key)
    if not found.items:
        lacking = "no such key" if type(operand) is dict else "index out of bounds"
        raise EvaluationError(f"{lacking}: {key}")
    return found.items[0]


def _list_index(key: Any) -> int:
    if type(key) is int or type(key) is UInt:
        return int(key)
    if type(key) is float and key.is_integer():
        return int(key)
    raise EvaluationError(f"unsupported index type {type_name(key)} in list")


@function("standard", "==", "(A, A) -> bool")
def equals(left: Any, right: Any) -> bool:
    return equal(left, right)


@function("standard", "!=", "(A, A) -> bool")
def differs(left: Any, right: Any) -> bool:
    return not equal(left, right)


@function("standard", "in", "(A, list<A>) -> bool")
def in_list(item: Any, items: list[Any]) -> bool:
    spend(len(items))
    return any(equal(item, other) for other in items)


@function("standard", "in", "(K, map<K, V>) -> bool")
def in_map(key: Any, entries: dict[Any, Any]) -> bool:
    try:
        return bool(find(entries, key))
    except EvaluationError:
        return False


@function("standard", "!_", "(bool) -> bool")
def negate(value: bool) -> bool:
    return not value


@function("standard", "-_", "(int) -> int", "(double) -> double", looks_itself=True)
def minus(value: Any) -> Any:
    """Durations too, where nobody checked the types."""
    if type(value) is int:
        return int64(-value)
    if type(value) is Duration:
        return duration(-value.nanoseconds)
    if type(value) is float:
        return -value
    raise EvaluationError(f"no such overload: -{type_name(value)}")


def int64(value: int) -> int:
    if value not in INT64:
        raise EvaluationError("integer overflow")
    return value


def uint64(value: int) -> UInt:
    if value not in UINT64:
        raise EvaluationError("unsigned integer overflow")
    return UInt(value)


def duration(nanoseconds: int) -> Duration:
    return Duration(int64(nanoseconds))


def timestamp(nanoseconds: int, offset: int = 0) -> Timestamp:
    if nanoseconds not in TIMESTAMPS:
        raise EvaluationError("timestamp overflow")
    return Timestamp(nanoseconds, offset)


@function("standard", "+", "(int, int) -> int")
def add_int(left: int, right: int) -> int:
    return int64(left + right)


@function("standard", "+", "(uint, uint) -> uint")
def add_uint(left: UInt, right: UInt) -> UInt:
    return uint64(left + right)


@function("standard", "+", "(double, double) -> double")
def add_double(left: float, right: float) -> float:
    return left + right


@function("standard", "+", "(string, string) -> string", "(bytes, bytes) -> bytes")
def concatenate(left: Any, right: Any) -> Any:
    spend((len(left) + len(right)) // 16)
    return left + right


@function("standard", "+", "(list<A>, list<A>) -> list<A>")
def join_lists(left: list[Any], right: list[Any]) -> list[Any]:
    spend(len(left) + len(right))
    return left + right


@function("standard", "+", "(timestamp, duration) -> timestamp")
def later(left: Timestamp, right: Duration) -> Timestamp:
    return timestamp(left.nanoseconds + right.nanoseconds, left.offset)


@function("standard", "+", "(duration, timestamp) -> timestamp")
def later_than(left: Duration, right: Timestamp) -> Timestamp:
    return later(right, left)


@function("standard", "+", "(duration, duration) -> duration")
def add_durations(left: Duration, right: Duration) -> Duration:
    return duration(left.nanoseconds + right.nanoseconds)


@function("standard", "-", "(int, int) -> int")
def subtract_int(left: int, right: int) -> int:
    return int64(left - right)


@function("standard", "-", "(uint, uint) -> uint")
def subtract_uint(left: UInt, right: UInt) -> UInt:
    return uint64(left - right)


@function("standard", "-", "(double, double) -> double")
def subtract_double(left: float, right: float) -> float:
    return left - right


@function("standard", "-", "(timestamp, timestamp) -> duration", "(duration, duration) -> duration")
def elapsed(left: Timestamp | Duration, right: Timestamp | Duration) -> Duration:
    return duration(left.nanoseconds - right.nanoseconds)


@function("standard", "-", "(timestamp, duration) -> timestamp")
def earlier(left: Timestamp, right: Duration) -> Timestamp:
    return timestamp(left.nanoseconds - right.nanoseconds, left.offset)


@function("standard", "*", "(int, int) -> int")
def multiply_int(left: int, right: int) -> int:
    return int64(left * right)


@function("standard", "*", "(uint, uint) -> uint")
def multiply_uint(left: UInt, right: UInt) -> UInt:
    return uint64(left * right)


@function("standard", "*", "(double, double) -> double")
def multiply_double(left: float, right: float) -> float:
    return left * right


@function("standard", "/", "(int, int) -> int")
def divide_int(left: int, right: int) -> int:
    return int64(_quotient(left, right))


@function("standard", "/", "(uint, uint) -> uint")
def divide_uint(left: UInt, right: UInt) -> UInt:
    return UInt(_quotient(left, right))


@function("standard", "/", "(double, double) -> double")
def divide_double(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


@function("standard", "%", "(int, int) -> int")
def modulo_int(left: int, right: int) -> int:
    return left - right * int64(_quotient(left, right, "modulus"))


@function("standard", "%", "(uint, uint) -> uint")
def modulo_uint(left: UInt, right: UInt) -> UInt:
    return UInt(left - right * _quotient(left, right, "modulus"))


def _quotient(left: int, right: int, what: str = "division") -> int:
    """Rounds towards zero, unlike Python."""
    if not right:
        raise EvaluationError(f"{what} by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def compare(left: Any, right: Any) -> int:
    """Negative, zero or positive; the types have been matched by the overload."""
    if isinstance(left, float) or isinstance(right, float):
        left, right = _as_double(left), _as_double(right)
        if math.isnan(left) or math.isnan(right):
            raise EvaluationError("NaN values cannot be ordered")
    return int(left > right) - int(left < right)


def _as_double(value: float) -> float:
    return float(value)


_ORDERED = (
    "(bool, bool) -> bool",
    "(string, string) -> bool",
    "(bytes, bytes) -> bool",
    "(timestamp, timestamp) -> bool",
    "(duration, duration) -> bool",
    *(f"({a}, {b}) -> bool" for a in ("int", "uint", "double") for b in ("int", "uint", "double")),
)


def _comparison(name: str, holds: Callable[[int], bool]) -> None:
    function("standard", name, *_ORDERED)(lambda left, right: holds(compare(left, right)))


_comparison("<", lambda order: order < 0)
_comparison("<=", lambda order: order <= 0)
_comparison(">", lambda order: order > 0)
_comparison(">=", lambda order: order >= 0)
