"""Rule ``status-expr``: the status of one object by CEL expressions, or whether they are valid."""

from __future__ import annotations

from typing import Any

from trueup.cli.verbs.eval.fields import mapping, text
from trueup.observe.health.expressions import StatusExpressions


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{exprs: {current, inProgress, failed}, object|null}`` -> ``{status}`` or ``{valid: true}``."""
    texts = mapping(case, "exprs")
    expressions = StatusExpressions.compile(
        text(texts, "current"), text(texts, "inProgress"), text(texts, "failed")
    )
    if case.get("object") is None:
        return {"valid": True}
    return {"status": expressions.evaluate(mapping(case, "object")).status.value}
