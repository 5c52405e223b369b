"""CEL's values as Python values.

=============  =======================================================
CEL            Python
=============  =======================================================
int, uint      ``int``, :class:`UInt` (both within 64 bits)
double         ``float``
bool, null     ``bool``, ``None``
string, bytes  ``str``, ``bytes``
list           ``list``
map            ``dict`` with keys from :func:`map_key`
timestamp      :class:`Timestamp`, nanoseconds since 1970
duration       :class:`Duration`, nanoseconds
type           :class:`TypeName`
optional       :class:`Optional`
=============  =======================================================

Anything else is an opaque value of a library (a quantity, a URL) and carries ``cel_type``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from trueup.cel.budget import spend

INT64: Final = range(-(2**63), 2**63)
UINT64: Final = range(2**64)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class EvaluationError(Exception):
    """What CEL calls an error; ``&&``, ``||`` and the quantifiers may absorb it."""


class UInt(int):
    """An unsigned integer; arithmetic on it is done by the operators, not by Python."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """``offset`` is that of the zone it was written in, in seconds; it only shows in its text."""

    nanoseconds: int
    offset: int = field(default=0, compare=False)
    cel_type: ClassVar[str] = "google.protobuf.Timestamp"


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time, as a value of the language."""

    nanoseconds: int
    cel_type: ClassVar[str] = "google.protobuf.Duration"


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type, as a value of the language."""

    name: str
    cel_type: ClassVar[str] = "type"


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may be absent; ``items`` holds it, or nothing."""

    items: tuple[Any, ...] = ()
    cel_type: ClassVar[str] = "optional_type"


@dataclass(frozen=True, slots=True)
class _Key:
    """Keeps apart the map keys ``1``, ``1u``, ``1.0`` and ``true``, which are one to Python."""

    kind: str
    value: Any


class Record:
    """A value of a library with fields, which are found out when they are asked for."""

    cel_type: ClassVar[str]

    def field(self, name: str) -> Any:
        """Raises EvaluationError where there is no such field."""
        raise EvaluationError(f"no such key: {name}")

    def has(self, name: str) -> bool:
        return False


_TYPES: Final[dict[type, str]] = {
    bool: "bool",
    int: "int",
    UInt: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    type(None): "null_type",
    list: "list",
    dict: "map",
}


_LIBRARY_TYPES: Final = ("kubernetes.", "net.")
"""Values of these compare with their own kind only."""


_INDICES: Final = frozenset([str, int, UInt, bool, float])


def type_name(value: Any) -> str:
    """The name of ``value``'s CEL type."""
    found = _TYPES.get(type(value))
    return found if found is not None else str(value.cel_type)


def map_key(value: Any) -> Any:
    """``value`` as a key; raises EvaluationError for a type that cannot be one."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind in (UInt, bool, float, Timestamp, Duration, TypeName) or value is None:
        return _Key(type_name(value), value)
    raise EvaluationError(f"unsupported key type: {type_name(value)}")


def key_value(key: Any) -> Any:
    """The value that became ``key``."""
    return key.value if type(key) is _Key else key


def is_index(key: Any) -> bool:
    """Whether ``operand[key]`` can be asked for at all."""
    return type(key) in _INDICES


def find(entries: dict[Any, Any], key: Any) -> tuple[Any, ...]:
    """The value at ``key`` in a tuple, which is empty where there is none.

    Integers of either sort find each other, and a double finds them, as in the reference.
    """
    kind = type(key)
    candidates = [map_key(key)]
    if kind is int or kind is UInt or (kind is float and key.is_integer()):
        candidates += [int(key), _Key("uint", UInt(key))]
    return next(((entries[place],) for place in candidates if place in entries), ())


def equal(left: Any, right: Any) -> bool:
    """CEL's equality: numbers compare by value, values of different types differ."""
    kind, other = type(left), type(right)
    if kind is list or kind is dict:
        return kind is other and _equal_aggregates(left, right)
    if kind not in _TYPES and kind is not other and type_name(left).startswith(_LIBRARY_TYPES):
        if right is None:
            return False
        raise EvaluationError("no such overload")
    if kind is bool or other is bool:
        return left is right
    if kind is Optional and other is Optional:
        return len(left.items) == len(right.items) and all(map(equal, left.items, right.items))
    if (kind is float) is not (other is float) and isinstance(left, int | float):
        return isinstance(right, int | float) and float(left) == float(right)
    return bool(left == right)


def _equal_aggregates(left: Any, right: Any) -> bool:
    if len(left) != len(right):
        return False
    spend(len(left))
    if type(left) is list:
        return all(map(equal, left, right))
    matches = ((value, find(right, key_value(key))) for key, value in left.items())
    return all(found and equal(value, found[0]) for value, found in matches)


def from_plain(value: Any) -> Any:
    """JSON-like data, datetimes, timedeltas and CEL values as a CEL value.

    Integers beyond 64 bits become doubles, as Kubernetes reads them. Raises EvaluationError for
    what has no place in CEL.
    """
    kind = type(value)
    if kind is int:
        return value if value in INT64 else float(value)
    if kind in _TYPES and kind is not list and kind is not dict:
        return value
    if isinstance(value, Mapping):
        return {map_key(key): from_plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return Timestamp((value - _EPOCH) // timedelta(microseconds=1) * 1000)
    if isinstance(value, timedelta):
        return Duration(value // timedelta(microseconds=1) * 1000)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [from_plain(item) for item in value]
    if hasattr(value, "cel_type"):
        return value
    raise EvaluationError(f"unsupported value: {kind.__name__}")


def to_plain(value: Any) -> Any:
    """A CEL value for callers: maps with plain keys, times as datetime and timedelta.

    An absent optional is None; a type is its name; opaque values stay as they are.
    """
    match value:
        case list():
            return [to_plain(item) for item in value]
        case dict():
            return {key_value(key): to_plain(item) for key, item in value.items()}
        case Timestamp():
            return _EPOCH + timedelta(microseconds=value.nanoseconds // 1000)
        case Duration():
            return timedelta(microseconds=value.nanoseconds // 1000)
        case TypeName():
            return value.name
        case Optional():
            return to_plain(value.items[0]) if value.items else None
        case UInt():
            return int(value)
    return value
