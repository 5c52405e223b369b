"""Static types of a tree: finds undeclared names, unknown fields and calls that no overload fits.

``dyn`` fits everywhere and is checked when values meet. The rules are those of the reference
checker; a literal list or map must hold items of one type, as Kubernetes and Flux demand, but not within ``format()``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trueup.cel import formatting
from trueup.cel import types as t
from trueup.cel.ast import Call, ListOf, Literal, Loop, MapOf, Name, Node, OptionalMap, Select
from trueup.cel.evaluator import qualified_name
from trueup.cel.kubernetes import formatting as old_formatting
from trueup.cel.registry import Function, Overload
from trueup.cel.types import Type
from trueup.cel.unify import Unifier
from trueup.cel.values import EvaluationError, type_name

_LOGIC: Final = frozenset({"&&", "||"})


class TypeMismatch(Exception):
    """What is wrong, and where in the text."""

    def __init__(self, cause: str, position: int) -> None:
        super().__init__(cause)
        self.position = position


class Checker:
    """Finds the type of each part of an expression; ExpressionError where there is none."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        type_names: Mapping[str, object],
        variables: Mapping[str, Type],
    ) -> None:
        self._functions = functions
        self._type_names = type_names
        self._variables = variables
        self._unifier = Unifier()
        self._homogeneous = True

    def check(self, tree: Node) -> Type:
        """The type of ``tree``; raises TypeMismatch."""
        return self._unifier.resolved(self._infer(tree))

    def _infer(self, node: Node) -> Type:
        match node:
            case Literal(value):
                return Type(type_name(value))
            case Name():
                return self._name(node)
            case Select():
                return self._select(node)
            case Call():
                return self._call(node)
            case ListOf(items):
                return t.list_of(self._items(items, node.optional))
            case MapOf():
                return self._map(node)
            case Loop():
                return self._loop(node)
            case OptionalMap():
                return self._optional_map(node)

    def _name(self, node: Name) -> Type:
        name = node.name.removeprefix(".")
        if name in self._variables:
            return self._variables[name]
        if name in self._type_names:
            return t.type_of(Type(name))
        raise TypeMismatch(f"undeclared reference to '{name}'", node.position)

    def _select(self, node: Select) -> Type:
        if qualified_name(node) in self._type_names:
            return t.type_of(Type(qualified_name(node)))
        operand = self._unifier.resolved(self._infer(node.operand))
        found = self._field(operand, node)
        if node.test:
            return t.BOOL
        if node.optional and found.name != "optional_type":
            return t.optional_of(found)
        return found

    def _field(self, operand: Type, node: Select) -> Type:
        if operand.name == "optional_type":
            return t.optional_of(self._field(self._unifier.resolved(operand.params[0]), node))
        if operand.fields is not None:
            if node.field not in operand.fields:
                raise TypeMismatch(f"undefined field '{node.field}'", node.position)
            return operand.fields[node.field]
        if operand.name == "map":
            return operand.params[1]
        if operand.name == "dyn" or operand.is_variable:
            return t.DYN
        raise TypeMismatch(f"type '{operand}' does not support field selection", node.position)

    def _call(self, node: Call) -> Type:
        if node.function in _LOGIC:
            for arg in node.args:
                self._expect_bool(arg)
            return t.BOOL
        if node.function == "?:":
            self._expect_bool(node.args[0])
            return self._join(self._infer(node.args[1]), self._infer(node.args[2]), node)
        prefix = qualified_name(node.target)
        name = f"{prefix}.{node.function}" if prefix else ""
        if name in self._functions:
            return self._resolve(self._functions[name], None, node)
        if node.function not in self._functions:
            raise TypeMismatch(f"undeclared reference to '{node.function}'", node.position)
        self._check_format(node)
        return self._resolve(self._functions[node.function], node.target, node)

    def _check_format(self, node: Call) -> None:
        """A literal template must fit the literal list of its values."""
        match node:
            case Call("format", Literal(str() as template), (ListOf(items, optional),)):
                if optional:
                    return
                try:
                    verbs = formatting.verbs(template)
                except EvaluationError as error:
                    raise TypeMismatch(str(error), node.position) from error
                for verb, item in zip(verbs, items, strict=False):
                    self._check_value(verb, item)
                if len(verbs) > len(items):
                    raise TypeMismatch(f"index {len(items)} out of range", node.position)
                if len(verbs) < len(items):
                    expected = f"(expected {len(verbs)}, got {len(items)})"
                    cause = f"too many arguments supplied to string.format {expected}"
                    raise TypeMismatch(cause, node.position)

    def _check_value(self, verb: str, item: Node) -> None:
        kind = type_name(item.value) if isinstance(item, Literal) else "dyn"
        overloads = self._functions["format"].overloads
        older = any(overload.library == "kubernetes" for overload in overloads)
        if older and (problem := old_formatting.problem_of(verb, kind)):
            raise TypeMismatch(problem, item.position)

    def _resolve(self, function: Function, target: Node | None, node: Call) -> Type:
        args = [] if target is None else [self._infer(target)]
        args += [self._argument(function.name, arg) for arg in node.args]
        results: list[Type] = []
        for overload in function.overloads:
            if overload.is_method == (target is not None) and len(overload.params) == len(args):
                result = self._match(overload, args)
                results += [result] if result is not None else []
        if not results:
            kinds = ", ".join(str(self._unifier.resolved(arg)) for arg in args)
            cause = f"found no matching overload for '{function.name}' applied to '({kinds})'"
            raise TypeMismatch(cause, node.position)
        return results[0] if all(result == results[0] for result in results) else t.DYN

    def _argument(self, function: str, node: Node) -> Type:
        before, self._homogeneous = self._homogeneous, self._homogeneous and function != "format"
        try:
            return self._infer(node)
        finally:
            self._homogeneous = before

    def _match(self, overload: Overload, args: list[Type]) -> Type | None:
        *params, result = self._unifier.fresh((*overload.params, overload.result))
        if not self._unifier.assign_all(params, args):
            return None
        return self._unifier.resolved(result)

    def _items(self, items: tuple[Node, ...], optional: frozenset[int]) -> Type:
        joined: Type | None = None
        for at, item in enumerate(items):
            kind = self._infer(item)
            if at in optional:
                kind = self._unwrapped(kind, item)
            if joined is None:
                joined = kind
            elif not self._unifier.same(joined, kind):
                if self._homogeneous:
                    cause = f"expected type '{joined}' but found '{kind}'"
                    raise TypeMismatch(cause, item.position)
                joined = t.DYN
        return joined or self._unifier.variable()

    def _map(self, node: MapOf) -> Type:
        keys = tuple(key for key, _ in node.entries)
        values = tuple(value for _, value in node.entries)
        return t.map_of(self._items(keys, frozenset()), self._items(values, node.optional))

    def _loop(self, node: Loop) -> Type:
        over = self._unifier.resolved(self._infer(node.over))
        scope = self._scope(over, node)
        outer, self._variables = self._variables, {**self._variables, **scope}
        try:
            if node.condition is not None:
                self._expect_bool(node.condition)
            body = self._infer(node.body) if node.body is not None else t.BOOL
        finally:
            self._variables = outer
        first = scope[node.variables[0]]
        match node.function:
            case "filter":
                return t.list_of(first)
            case "map" | "transformList":
                return t.list_of(body)
            case "transformMap":
                return t.map_of(first, body)
            case "transformMapEntry":
                return body
        return t.BOOL

    def _scope(self, over: Type, node: Loop) -> dict[str, Type]:
        if over.name == "list":
            kinds = [over.params[0]] if len(node.variables) == 1 else [t.INT, over.params[0]]
        elif over.name == "map":
            kinds = list(over.params)
        elif over.name == "dyn" or over.is_variable:
            kinds = [t.DYN, t.DYN]
        else:
            cause = f"expression of type '{over}' cannot be range of a comprehension"
            raise TypeMismatch(cause, node.over.position)
        return dict(zip(node.variables, kinds, strict=False))

    def _optional_map(self, node: OptionalMap) -> Type:
        item = self._unwrapped(self._infer(node.target), node.target)
        outer, self._variables = self._variables, {**self._variables, node.variable: item}
        try:
            body = self._infer(node.body)
        finally:
            self._variables = outer
        if node.flat:
            self._unwrapped(body, node.body)
            return body
        return t.optional_of(body)

    def _unwrapped(self, kind: Type, node: Node) -> Type:
        item = self._unifier.variable()
        if not self._unifier.assign_all([t.optional_of(item)], [kind]):
            raise TypeMismatch(f"expected an optional, found '{kind}'", node.position)
        return self._unifier.resolved(item)

    def _expect_bool(self, node: Node) -> None:
        kind = self._infer(node)
        if not self._unifier.assign_all([t.BOOL], [kind]):
            resolved = self._unifier.resolved(kind)
            raise TypeMismatch(f"expected type 'bool' but found '{resolved}'", node.position)

    def _join(self, left: Type, right: Type, node: Node) -> Type:
        item = self._unifier.variable()
        if not self._unifier.assign_all([item, item], [left, right]):
            cause = f"found no matching overload for '_?_:_' applied to '({left}, {right})'"
            raise TypeMismatch(cause, node.position)
        return self._unifier.resolved(item)
