"""What an expression is made of. Operators are calls, named as in the CEL specification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or a type; ``absolute`` names start with a dot."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Select:
    """``operand.field``; ``optional`` for ``.?field``, ``test`` inside ``has()``."""

    operand: Node
    field: str
    position: int
    optional: bool = False
    test: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator; ``target`` is what stands before the dot of a method."""

    function: str
    target: Node | None
    args: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """``optional`` holds the indices of the items written as ``?item``."""

    items: tuple[Node, ...]
    optional: frozenset[int]
    position: int


@dataclass(frozen=True, slots=True)
class MapOf:
    """Keys and values; ``optional`` holds the indices of the entries written as ``?key: value``."""

    entries: tuple[tuple[Node, Node], ...]
    optional: frozenset[int]
    position: int


@dataclass(frozen=True, slots=True)
class Loop:
    """A macro that walks over a list or map.

    ``function`` is the macro's name (``all``, ``exists``, ``exists_one``, ``map``, ``filter``,
    ``transformList``, ``transformMap``, ``transformMapEntry``). With two ``variables`` these are
    index and item, or key and value.
    """

    function: str
    over: Node
    variables: tuple[str, ...]
    condition: Node | None
    body: Node | None
    position: int


@dataclass(frozen=True, slots=True)
class OptionalMap:
    """``target.optMap(variable, body)``; ``flat`` for ``optFlatMap``."""

    target: Node
    variable: str
    body: Node
    flat: bool
    position: int


Node: TypeAlias = Literal | Name | Select | Call | ListOf | MapOf | Loop | OptionalMap
