"""``matchConditions``: expressions that all must hold for a webhook or policy to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trueup import cel
from trueup.cel import types as t
from trueup.controlplane.admission.expressions import (
    Activation,
    Failed,
    Scope,
    Uncompiled,
    compiled,
)


class Conditions:
    """Compiled once; what does not compile fails when it is asked."""

    def __init__(self, declared: Sequence[Mapping[str, Any]], scope: Scope) -> None:
        self._programs = [_compiled(str(each["expression"]), scope) for each in declared]

    def __bool__(self) -> bool:
        return bool(self._programs)

    def hold(self, activation: Activation) -> bool:
        """Whether all hold: false if one does not, Failed if some failed and none is false."""
        failures: list[str] = []
        for program in self._programs:
            try:
                if isinstance(program, str):
                    raise Failed(f"compilation error: {program}")
                if activation.value(program) is not True:
                    return False
            except Failed as failure:
                failures.append(str(failure))
        if failures:
            unique = list(dict.fromkeys(failures))
            raise Failed(unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]")
        return True


def _compiled(expression: str, scope: Scope) -> cel.Program | str:
    try:
        return compiled(expression, scope, t.BOOL)
    except Uncompiled as error:
        return str(error)
