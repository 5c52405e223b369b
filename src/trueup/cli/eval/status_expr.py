"""Rule ``status-expr``: the status of one object by CEL expressions, or whether they are valid."""

from __future__ import annotations

from typing import Any

from trueup.errors import InputError
from trueup.observe.health.expressions import StatusExpressions


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{exprs: {current, inProgress, failed}, object|null}`` -> ``{status}`` or ``{valid: true}``."""
    texts = case.get("exprs") or {}
    if not isinstance(texts, dict):
        raise InputError("exprs is not a map")
    expressions = StatusExpressions.compile(
        _text(texts, "current"), _text(texts, "inProgress"), _text(texts, "failed")
    )
    obj = case.get("object")
    if obj is None:
        return {"valid": True}
    if not isinstance(obj, dict):
        raise InputError("object is not a map")
    return {"status": expressions.evaluate(obj).status.value}


def _text(texts: dict[str, Any], name: str) -> str:
    value = texts.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"exprs.{name} is not a string")
    return value or ""
