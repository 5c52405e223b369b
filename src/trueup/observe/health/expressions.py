"""The status of an object by a user's CEL expressions, as Flux's ``healthCheckExprs`` have it.

Follows github.com/fluxcd/pkg/runtime/cel: the expressions are parsed but not type-checked, for a
resource may have any top-level field, and each of these is a variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trueup import cel
from trueup.errors import ExpressionError, InputError
from trueup.observe.health import fields
from trueup.observe.health.result import Result, Status


@dataclass(frozen=True, slots=True)
class StatusExpressions:
    """Compiled expressions, in the order in which they are asked; the first true one wins."""

    programs: tuple[tuple[Status, cel.Program], ...]

    @classmethod
    def compile(cls, current: str, in_progress: str = "", failed: str = "") -> StatusExpressions:
        """Raises ExpressionError where one does not parse or ``current`` is empty."""
        if not current:
            raise ExpressionError("current is empty", next_step="give an expression for current")
        order = (
            (Status.IN_PROGRESS, in_progress),
            (Status.FAILED, failed),
            (Status.CURRENT, current),
        )
        return cls(tuple((s, cel.compile(text, None)) for s, text in order if text))

    def evaluate(self, obj: Mapping[str, Any]) -> Result:
        """The status of ``obj``: in progress if no expression is true.

        Raises ExpressionError where an expression does not give true or false, for example
        because a field is missing.
        """
        if _generation_differs(obj):
            return Result(Status.IN_PROGRESS)
        for status, program in self.programs:
            if program.evaluate(obj):
                return Result(status)
        return Result(Status.IN_PROGRESS)


def _generation_differs(obj: Mapping[str, Any]) -> bool:
    """Generations of another type than integer say nothing; the expressions decide alone."""
    try:
        observed = fields.number(obj, "status.observedGeneration")
        generation = fields.number(obj, "metadata.generation")
    except InputError:
        return False
    return None not in (observed, generation) and observed != generation
