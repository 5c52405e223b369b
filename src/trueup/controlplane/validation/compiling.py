"""Errors of expressions as the API server prints them."""

from __future__ import annotations

from trueup.errors import ExpressionError


def go_text(error: ExpressionError) -> str:
    """The error as cel-go prints it, with the line and a mark below the place."""
    if error.place is None:
        return error.cause
    line, column = error.place
    cause = error.cause.rpartition(" at ")[0]
    if cause.startswith("undeclared reference to"):
        cause += " (in container '')"
    shown = error.subject.split("\n")[line - 1]
    mark = "." * (column - 1) + "^"
    return f"ERROR: <input>:{line}:{column}: {cause}\n | {shown}\n | {mark}"
