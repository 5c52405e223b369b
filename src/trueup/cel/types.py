"""Static types, and their notation in signatures: ``list<A>``, ``map<string, int>``, ``dyn``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True, slots=True)
class Type:
    """A type by name; ``fields`` are those of an object type, whose name then says where it is."""

    name: str
    params: tuple[Type, ...] = ()
    fields: Mapping[str, Type] | None = field(default=None, compare=False, repr=False)

    @property
    def is_variable(self) -> bool:
        """``A``, ``B``, …: any type, the same one throughout a signature."""
        return len(self.name) == 1

    def __str__(self) -> str:
        if not self.params:
            return self.name
        return f"{self.name}({', '.join(map(str, self.params))})"


DYN = Type("dyn")
BOOL = Type("bool")
INT = Type("int")
UINT = Type("uint")
DOUBLE = Type("double")
STRING = Type("string")
BYTES = Type("bytes")
NULL = Type("null_type")
TIMESTAMP = Type("google.protobuf.Timestamp")
DURATION = Type("google.protobuf.Duration")

_SHORT = {"timestamp": TIMESTAMP, "duration": DURATION}


def list_of(item: Type) -> Type:
    return Type("list", (item,))


def map_of(key: Type, value: Type) -> Type:
    return Type("map", (key, value))


def optional_of(value: Type) -> Type:
    return Type("optional_type", (value,))


def type_of(value: Type) -> Type:
    return Type("type", (value,))


@cache
def parse_type(text: str) -> Type:
    """The type that ``text`` denotes; ``timestamp`` and ``duration`` are short names."""
    name, bracket, rest = text.strip().partition("<")
    if not bracket:
        return _SHORT.get(name, Type(name))
    return Type(name, tuple(map(parse_type, split_types(rest[:-1]))))


def split_types(text: str) -> list[str]:
    """``"list<A>, map<K, V>"`` at its outermost commas."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char == "<") - (char == ">")
        if char == "," and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]] if text.strip() else []
