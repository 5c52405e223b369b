"""Compiled expressions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from trueup.cel.budget import BudgetExceeded, limited
from trueup.cel.environment import FLUX, KUBERNETES, TYPES, Environment
from trueup.cel.evaluator import Evaluate, Planner
from trueup.cel.parser import parse
from trueup.cel.values import EvaluationError, from_plain, to_plain
from trueup.errors import ExpressionError


class Program:
    """One compiled expression; safe to share and to evaluate any number of times."""

    def __init__(self, expression: str, evaluate: Evaluate, result: str) -> None:
        self.expression = expression
        self._evaluate = evaluate
        self._result = result

    def evaluate(self, bindings: Mapping[str, Any]) -> Any:
        """The value for ``bindings``, as plain data; raises ExpressionError.

        Bindings are JSON-like data, datetimes, timedeltas, bytes, or CEL values of
        :mod:`trueup.cel.values`.
        """
        try:
            with limited():
                names = {name: from_plain(value) for name, value in bindings.items()}
                value = to_plain(self._evaluate(names))
        except (EvaluationError, BudgetExceeded) as error:
            raise ExpressionError(str(error), subject=self.expression) from error
        except RecursionError as error:
            raise ExpressionError("is nested too deeply", subject=self.expression) from error
        if self._result == "bool" and not isinstance(value, bool):
            raise ExpressionError("does not give true or false", subject=self.expression)
        return value


@lru_cache(maxsize=2048)
def compile(  # noqa: A001 - as in re.compile
    expression: str,
    variables: tuple[str, ...] | None = ("self",),
    *,
    result: Literal["bool", "any"] = "bool",
    environment: Environment | None = None,
) -> Program:
    """Compile ``expression``; raises ExpressionError that names it and the position.

    ``variables`` are the declared names; None checks the syntax only, and any name may be bound.
    """
    environment = environment or (FLUX if variables is None else KUBERNETES)
    try:
        with limited():
            tree = parse(expression, environment.libraries | {"standard"})
            evaluate = Planner(environment.functions, TYPES).plan(tree)
    except (EvaluationError, BudgetExceeded) as error:
        raise ExpressionError(str(error), subject=expression) from error
    except RecursionError as error:
        raise ExpressionError("is nested too deeply", subject=expression[:60] + "…") from error
    return Program(expression, evaluate, result)
