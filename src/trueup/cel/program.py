"""Compiled expressions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from cel_expr_python import cel
from cel_expr_python.ext import ext_bindings, ext_encoders, ext_math, ext_optional, ext_strings

from trueup.errors import ExpressionError


class Program:
    """One compiled expression; safe to share and to evaluate any number of times."""

    def __init__(self, expression: str, compiled: Any, result: str) -> None:
        self.expression = expression
        self._compiled = compiled
        self._result = result

    def evaluate(self, bindings: Mapping[str, Any]) -> Any:
        """The value for ``bindings``, as JSON-like data; raises ExpressionError."""
        try:
            found = self._compiled.eval(data=dict(bindings))
        except RuntimeError as error:
            raise ExpressionError(str(error), subject=self.expression) from error
        if found.type() == cel.Type.ERROR:
            raise ExpressionError(str(found.value()), subject=self.expression)
        value = found.plain_value()
        if self._result == "bool" and not isinstance(value, bool):
            raise ExpressionError("does not give true or false", subject=self.expression)
        return value


@lru_cache(maxsize=2048)
def compile(  # noqa: A001 - as in re.compile
    expression: str,
    variables: tuple[str, ...] | None = ("self",),
    *,
    result: Literal["bool", "any"] = "bool",
) -> Program:
    """Compile ``expression``; raises ExpressionError that names it and the position.

    ``variables`` are the declared names; None checks the syntax only, and any name may be bound.
    """
    env = cel.NewEnv(
        variables=dict.fromkeys(variables or (), cel.Type.DYN),
        extensions=[
            ext_bindings.ExtBindings(),
            ext_encoders.ExtEncoders(),
            ext_math.ExtMath(),
            ext_optional.ExtOptional(),
            ext_strings.ExtStrings(),
        ],
    )
    try:
        compiled = env.compile(expression, disable_check=variables is None)
    except RuntimeError as error:
        raise ExpressionError(str(error), subject=expression) from error
    return Program(expression, compiled, result)
