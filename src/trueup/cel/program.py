"""Compiled expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from trueup.cel import types
from trueup.cel.ast import Node, names_in
from trueup.cel.budget import Allowance, BudgetExceeded, limited
from trueup.cel.checker import Checker, TypeMismatch
from trueup.cel.environment import FLUX, KUBERNETES, TYPES, Environment
from trueup.cel.evaluator import Evaluate, Planner
from trueup.cel.lexer import syntax_error
from trueup.cel.parser import parse
from trueup.cel.types import Type
from trueup.cel.values import EvaluationError, from_plain, to_plain
from trueup.errors import ExpressionError

Result: TypeAlias = Literal["bool", "any", "string"]

_STRUCT = types.map_of(types.STRING, types.DYN)


class Program:
    """One compiled expression; safe to share and to evaluate any number of times."""

    def __init__(
        self, expression: str, evaluate: Evaluate, result: Result, names: frozenset[str], kind: Type
    ) -> None:
        self.expression = expression
        self.kind = kind
        """The type of its value; ``dyn`` where types were not checked."""
        self.names = names
        """The variables that it mentions."""
        self._evaluate = evaluate
        self._result = result

    def evaluate(self, bindings: Mapping[str, Any]) -> Any:
        """The value for ``bindings``, as plain data; raises ExpressionError.

        Bindings are JSON-like data, datetimes, timedeltas, bytes, or CEL values of
        :mod:`trueup.cel.values`.
        """
        with self._evaluation():
            names = {name: from_plain(value) for name, value in bindings.items()}
            found = self._evaluate(names)
            value = to_plain(found)
        if self._result == "bool" and not isinstance(found, bool):
            raise ExpressionError("does not give true or false", subject=self.expression)
        if self._result == "string" and not isinstance(found, str):
            raise ExpressionError("does not give a text", subject=self.expression)
        return value

    def run(self, names: Mapping[str, Any], allowance: Allowance | None = None) -> Any:
        """The CEL value for ``names``, which hold CEL values; raises ExpressionError.

        ``allowance`` is charged for the work; BudgetExceeded is the cause where it did not suffice.
        """
        with self._evaluation(allowance):
            return self._evaluate(dict(names))

    @contextmanager
    def _evaluation(self, allowance: Allowance | None = None) -> Iterator[None]:
        try:
            with limited(shared=allowance):
                yield
        except (EvaluationError, BudgetExceeded) as error:
            raise ExpressionError(str(error), subject=self.expression) from error
        except RecursionError as error:
            raise ExpressionError("is nested too deeply", subject=self.expression) from error


def compile(  # noqa: A001 - as in re.compile
    expression: str,
    variables: tuple[str, ...] | Mapping[str, Type] | None = ("self",),
    *,
    result: Result = "bool",
    environment: Environment | None = None,
) -> Program:
    """Compile ``expression``; raises ExpressionError that names it and the position.

    ``variables`` are the declared names, each a map of anything, or their types by name; calls and
    fields are then checked, and so is the result. None checks the syntax only, and any name may
    be bound. The default environment is Flux's where nothing is declared, else Kubernetes'.
    """
    chosen = environment or (FLUX if variables is None else KUBERNETES)
    if isinstance(variables, Mapping):
        return _compile(expression, variables, result, chosen)
    return _cached(expression, variables, result, chosen)


@lru_cache(maxsize=2048)
def _cached(
    expression: str, names: tuple[str, ...] | None, result: Result, environment: Environment
) -> Program:
    variables = None if names is None else dict.fromkeys(names, _STRUCT)
    return _compile(expression, variables, result, environment)


def _compile(
    expression: str,
    variables: Mapping[str, Type] | None,
    result: Result,
    environment: Environment,
) -> Program:
    try:
        with limited():
            tree = parse(expression, environment.libraries)
            kind = types.DYN
            if variables is not None:
                kind = _check(expression, tree, variables, result, environment)
            evaluate = Planner(environment.functions, TYPES).plan(tree)
    except (EvaluationError, BudgetExceeded) as error:
        raise ExpressionError(str(error), subject=expression) from error
    except RecursionError as error:
        raise ExpressionError("is nested too deeply", subject=expression[:60] + "…") from error
    return Program(expression, evaluate, result, names_in(tree), kind)


def _check(
    expression: str,
    tree: Node,
    variables: Mapping[str, Type],
    result: Result,
    environment: Environment,
) -> Type:
    try:
        found = Checker(environment.functions, TYPES, variables).check(tree)
    except TypeMismatch as error:
        raise syntax_error(expression, error.position, str(error)) from error
    if result != "any" and found.name != result:
        raise ExpressionError(f"gives {found}, not {result}", subject=expression)
    return found
