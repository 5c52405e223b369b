"""A tree to a closure that computes its value.

Each node becomes one Python function of the bindings, so that walking the tree is done once, when
compiling. The semantics are those of the reference implementation for expressions that were only
parsed: types are looked at when values meet.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from trueup.cel import loops, operators
from trueup.cel.ast import Call, ListOf, Literal, Loop, MapOf, Name, Node, OptionalMap, Select
from trueup.cel.registry import Function
from trueup.cel.values import EvaluationError, Optional, TypeName, is_index, map_key, type_name

Bindings: TypeAlias = dict[str, Any]
Evaluate: TypeAlias = Callable[[Bindings], Any]


class Planner:
    """Turns nodes into closures, with the functions and types of one environment."""

    def __init__(self, functions: Mapping[str, Function], types: Mapping[str, TypeName]) -> None:
        self._functions = functions
        self._types = types

    def plan(self, node: Node) -> Evaluate:
        """Raises EvaluationError for what can be seen to fail without bindings."""
        match node:
            case Literal(value):
                return lambda _: value
            case Name():
                return self._name(node)
            case Select():
                return self._select(node)
            case Call():
                return self._call(node)
            case ListOf():
                return self._list(node)
            case MapOf():
                return self._map(node)
            case Loop():
                return self._loop(node)
            case OptionalMap():
                return self._optional_map(node)

    def _name(self, node: Name) -> Evaluate:
        name = node.name.removeprefix(".")
        fallback = self._types.get(name)

        def look_up(bindings: Bindings) -> Any:
            if name in bindings:
                return bindings[name]
            if fallback is None:
                raise EvaluationError(f"no such attribute: {name}")
            return fallback

        return look_up

    def _select(self, node: Select) -> Evaluate:
        qualified = qualified_name(node)
        if qualified in self._types and not node.test:
            found = self._types[qualified]
            return lambda _: found
        operand, field = self.plan(node.operand), node.field
        access = operators.has_field if node.test else operators.select
        if node.optional:
            access = operators.select_optionally
        return lambda bindings: access(operand(bindings), field)

    def _call(self, node: Call) -> Evaluate:
        name = self._namespaced(node)
        if name:
            return self._dispatch(name, node.args)
        match node.function:
            case "&&" | "||":
                return _logical([self.plan(arg) for arg in node.args], node.function == "||")
            case "?:":
                return _conditional(*(self.plan(arg) for arg in node.args))
            case "or" | "orValue" if node.target is not None and len(node.args) == 1:
                return self._or(node, node.target)
        args = node.args if node.target is None else (node.target, *node.args)
        return self._dispatch(node.function, args)

    def _or(self, node: Call, target: Node) -> Evaluate:
        """The alternative is only computed where it is needed; what is no optional stays."""
        optional, other = self.plan(target), self.plan(node.args[0])
        unwrap = node.function == "orValue"

        def evaluate(bindings: Bindings) -> Any:
            found = optional(bindings)
            if not isinstance(found, Optional):
                return found
            if not found.items:
                return other(bindings)
            return found.items[0] if unwrap else found

        return evaluate

    def _namespaced(self, node: Call) -> str:
        """``sets.contains`` where that is a function of the environment."""
        prefix = qualified_name(node.target) if node.target is not None else ""
        name = f"{prefix}.{node.function}" if prefix else ""
        return name if name in self._functions else ""

    def _dispatch(self, name: str, nodes: tuple[Node, ...]) -> Evaluate:
        function = self._functions.get(name)
        args = [self.plan(node) for node in nodes]
        if function is None:
            if not args:
                raise EvaluationError(f"no such overload: {name}()")
            return _unknown_function(name, args)
        if len(function.arities) == 1 and len(args) not in function.arities:
            raise EvaluationError(f"no such overload: {name}() with {len(args)} arguments")
        self._check_constants(function, nodes, args)
        match args:
            case [only]:
                return lambda bindings: function([only(bindings)])
            case [operand, key] if name in _LOOKUPS:
                return _look_up(function, operand, key)
            case [left, right]:
                return lambda bindings: function([left(bindings), right(bindings)])
        return lambda bindings: function([arg(bindings) for arg in args])

    def _check_constants(
        self, function: Function, nodes: tuple[Node, ...], args: list[Evaluate]
    ) -> None:
        """Constant arguments that cannot work fail when compiling, as in the reference."""
        if not nodes or not _is_constant(nodes[-1]):
            return
        constant = args[-1]({})
        if function.name in _CONVERSIONS and len(nodes) == 1:
            function([constant])
        elif function.name == "matches" and isinstance(constant, str):
            function(["", constant])
        elif function.name in _LOOKUPS and not is_index(constant):
            raise EvaluationError(f"invalid key type: {type_name(constant)}")

    def _list(self, node: ListOf) -> Evaluate:
        items = [self.plan(item) for item in node.items]
        if not node.optional:
            return lambda bindings: [item(bindings) for item in items]
        optional = node.optional

        def build(bindings: Bindings) -> list[Any]:
            found: list[Any] = []
            for at, item in enumerate(items):
                value = item(bindings)
                found += _optional_items(value) if at in optional else (value,)
            return found

        return build

    def _map(self, node: MapOf) -> Evaluate:
        entries = [(self.plan(key), self.plan(value)) for key, value in node.entries]
        optional = node.optional

        def build(bindings: Bindings) -> dict[Any, Any]:
            found: dict[Any, Any] = {}
            for at, (key, value) in enumerate(entries):
                place, item = map_key(key(bindings)), value(bindings)
                for present in _optional_items(item) if at in optional else (item,):
                    found[place] = present
            return found

        return build

    def _loop(self, node: Loop) -> Evaluate:
        condition = self.plan(node.condition) if node.condition is not None else None
        body = self.plan(node.body) if node.body is not None else None
        over = self.plan(node.over)
        run = loops.RUNNERS[node.function]
        steps = loops.Steps(node.variables, condition, body)
        return lambda bindings: run(steps, over(bindings), bindings)

    def _optional_map(self, node: OptionalMap) -> Evaluate:
        target, body = self.plan(node.target), self.plan(node.body)

        def evaluate(bindings: Bindings) -> Any:
            found = target(bindings)
            if not isinstance(found, Optional):
                raise EvaluationError(f"no such overload: {type_name(found)}.optMap()")
            if not found.items:
                return found
            result = body({**bindings, node.variable: found.items[0]})
            return result if node.flat else Optional((result,))

        return evaluate


def qualified_name(node: Node | None) -> str:
    """``a.b.c`` where the node is such a chain of names, else empty."""
    match node:
        case Name(name):
            return name.removeprefix(".")
        case Select(operand, field, optional=False, test=False):
            prefix = qualified_name(operand)
            return f"{prefix}.{field}" if prefix else ""
    return ""


def _logical(terms: list[Evaluate], decisive: bool) -> Evaluate:
    """``||`` (decided by true) and ``&&`` (by false): a decisive term outweighs errors."""

    def evaluate(bindings: Bindings) -> bool:
        failure: EvaluationError | None = None
        for term in terms:
            try:
                value: object = term(bindings)
            except EvaluationError as error:
                failure = failure or error
                continue
            if value is decisive:
                return decisive
            if type(value) is not bool:
                failure = failure or EvaluationError(f"no such overload: {type_name(value)}")
        if failure is not None:
            raise failure
        return not decisive

    return evaluate


def _conditional(condition: Evaluate, yes: Evaluate, no: Evaluate) -> Evaluate:
    def evaluate(bindings: Bindings) -> Any:
        value = condition(bindings)
        if type(value) is not bool:
            raise EvaluationError(f"no such overload: {type_name(value)} as a condition")
        return yes(bindings) if value else no(bindings)

    return evaluate


def _look_up(function: Function, operand: Evaluate, key: Evaluate) -> Evaluate:
    """``operand[key]``; where ``operand`` is absent, nobody asks for the key."""

    def evaluate(bindings: Bindings) -> Any:
        found = operand(bindings)
        if type(found) is Optional and not found.items:
            return found
        return function([found, key(bindings)])

    return evaluate


def _unknown_function(name: str, args: list[Evaluate]) -> Evaluate:
    def evaluate(bindings: Bindings) -> Any:
        kinds = ", ".join(type_name(arg(bindings)) for arg in args)
        raise EvaluationError(f"no such overload: {name}({kinds})")

    return evaluate


def _optional_items(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, Optional):
        raise EvaluationError(f"cannot make an optional entry of {type_name(value)}")
    return value.items


def _is_constant(node: Node) -> bool:
    """Whether the reference implementation computes the node when it prepares a program."""
    match node:
        case Literal():
            return True
        case ListOf(items):
            return not node.optional and all(map(_is_constant, items))
        case MapOf(entries):
            return not node.optional and all(map(_is_constant, itertools.chain(*entries)))
        case Call(function, target, args):
            arguments = args if target is None else (target, *args)
            return function in _CONVERSIONS and [*map(_is_constant, arguments)] == [True]
    return False


_CONVERSIONS: Final = frozenset(
    ["bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"]
)
_LOOKUPS: Final = frozenset(["[]", "[?]"])
