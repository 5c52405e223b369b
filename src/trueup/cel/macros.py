"""Calls that are syntax: ``has(a.b)``, ``list.all(x, …)`` and their kin.

A call of the right name and number of arguments becomes a node of its own at parse time. Which
macros exist depends on the libraries of the environment: ``standard``, ``optionals``,
``comprehensions`` (two variables) and ``lists`` (``sortBy``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from trueup.cel.ast import Call, ListOf, Loop, Name, Node, OptionalMap, Select

_Expander = Callable[[Call, Node], Node]


def expand(call: Call, allowed: frozenset[str]) -> Node:
    """``call``, or what it stands for; ValueError where a macro is misused."""
    if call.target is None:
        if call.function == "has" and len(call.args) == 1:
            return _has(call)
        return call
    library, expander = _METHODS.get((call.function, len(call.args)), ("", None))
    if expander is None or library not in allowed:
        return call
    return expander(call, call.target)


def _has(call: Call) -> Node:
    operand = call.args[0]
    if not isinstance(operand, Select) or operand.test:
        raise ValueError("has() takes a field selection")
    if operand.optional:
        raise ValueError("has() takes no optional selection")
    return replace(operand, test=True)


def _predicate(call: Call, target: Node) -> Node:
    return Loop(
        call.function, target, (_variable(call.args[0]),), call.args[1], None, call.position
    )


def _exists_one(call: Call, target: Node) -> Node:
    return _predicate(replace(call, function="exists_one"), target)


def _map(call: Call, target: Node) -> Node:
    condition = call.args[1] if len(call.args) == 3 else None
    variables = (_variable(call.args[0]),)
    return Loop("map", target, variables, condition, call.args[-1], call.position)


def _filter(call: Call, target: Node) -> Node:
    if not isinstance(call.args[0], Name):
        raise ValueError("argument is not an identifier")
    return _predicate(call, target)


def _predicate_of_two(call: Call, target: Node) -> Node:
    function = "exists_one" if call.function == "existsOne" else call.function
    return Loop(function, target, _two(call), call.args[2], None, call.position)


def _transform(call: Call, target: Node) -> Node:
    condition = call.args[2] if len(call.args) == 4 else None
    return Loop(call.function, target, _two(call), condition, call.args[-1], call.position)


def _optional_map(call: Call, target: Node) -> Node:
    variable = _variable(call.args[0])
    flat = call.function == "optFlatMap"
    return OptionalMap(target, variable, call.args[1], flat, call.position)


def _sort_by(call: Call, target: Node) -> Node:
    """``list.sortBy(x, key)``: the list and its keys, in one hidden call."""
    if not isinstance(target, Name | Select | ListOf | Call | Loop):
        raise ValueError("sortBy cannot be used on this")
    keys = _map(call, target)
    return Call("@sortByAssociatedKeys", target, (keys,), call.position)


def _two(call: Call) -> tuple[str, str]:
    first, second = _variable(call.args[0]), _variable(call.args[1])
    if first == second:
        raise ValueError(f"duplicate variable name: {first}")
    return first, second


def _variable(node: Node) -> str:
    if not isinstance(node, Name) or node.name.startswith("."):
        raise ValueError("argument must be a simple name")
    if node.name == "__result__":
        raise ValueError("variable cannot be named __result__")
    return node.name


_METHODS: Final[dict[tuple[str, int], tuple[str, _Expander]]] = {
    ("all", 2): ("standard", _predicate),
    ("exists", 2): ("standard", _predicate),
    ("exists_one", 2): ("standard", _predicate),
    ("existsOne", 2): ("existsOne", _exists_one),
    ("filter", 2): ("standard", _filter),
    ("map", 2): ("standard", _map),
    ("map", 3): ("standard", _map),
    ("optMap", 2): ("optionals", _optional_map),
    ("optFlatMap", 2): ("optionals", _optional_map),
    ("sortBy", 2): ("lists", _sort_by),
    ("all", 3): ("comprehensions", _predicate_of_two),
    ("exists", 3): ("comprehensions", _predicate_of_two),
    ("exists_one", 3): ("comprehensions", _predicate_of_two),
    ("existsOne", 3): ("comprehensions", _predicate_of_two),
    ("transformList", 3): ("comprehensions", _transform),
    ("transformList", 4): ("comprehensions", _transform),
    ("transformMap", 3): ("comprehensions", _transform),
    ("transformMap", 4): ("comprehensions", _transform),
    ("transformMapEntry", 3): ("comprehensions", _transform),
    ("transformMapEntry", 4): ("comprehensions", _transform),
}
