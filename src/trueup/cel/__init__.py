"""CEL, the expression language of Kubernetes' validation rules and Flux's health checks.

One narrow port: :func:`compile` turns text into a :class:`Program`, ``Program.evaluate`` turns
bindings into a plain value. Both raise :class:`~trueup.errors.ExpressionError` and nothing else.
Expressions are written by others and count as hostile: length, nesting and work are bounded.
"""

from trueup.cel.program import Program, compile  # noqa: A004 - as in re.compile

__all__ = ["Program", "compile"]
