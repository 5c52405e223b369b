"""What an expression is made of. Operators are calls, named as in the CEL specification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the text."""

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


def names_in(tree: Node) -> frozenset[str]:
    """Every name that ``tree`` mentions and does not bind itself."""
    return frozenset(_names(tree, frozenset()))


def _names(node: Node, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(node, Name):
        name = node.name.removeprefix(".")
        if name not in bound:
            yield name
    for child, inner in _children(node):
        yield from _names(child, bound | inner)


def _children(node: Node) -> Iterator[tuple[Node, frozenset[str]]]:
    """The nodes below with the names that are bound within them."""
    none: frozenset[str] = frozenset()
    match node:
        case Select(operand):
            yield operand, none
        case Call(_, target, args):
            yield from ((child, none) for child in (target, *args) if child is not None)
        case ListOf(items):
            yield from ((item, none) for item in items)
        case MapOf(entries):
            yield from ((part, none) for entry in entries for part in entry)
        case Loop(_, over, variables, condition, body):
            yield over, none
            inside = frozenset(variables)
            yield from ((child, inside) for child in (condition, body) if child is not None)
        case OptionalMap(target, variable, body):
            yield from ((target, none), (body, frozenset({variable})))
