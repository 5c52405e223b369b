"""Labels and label selectors as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OPERATORS = {"In": " in ({})", "NotIn": " notin ({})"}


def format_labels(labels: Mapping[str, str] | None) -> str:
    """``a=1,b=2``, or ``<none>``."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or "<none>"


def selector_text(selector: Mapping[str, Any] | None) -> str:
    """A LabelSelector in the syntax of ``kubectl -l``; without requirements, no text."""
    if selector is None:
        return ""
    labels = selector.get("matchLabels") or {}
    requirements = [(key, f"{key}={value}") for key, value in labels.items()]
    expressions = selector.get("matchExpressions") or ()
    requirements += [(e.get("key", ""), _requirement(e)) for e in expressions]
    return ",".join(text for _, text in sorted(requirements, key=lambda pair: pair[0]))


def format_selector(selector: Mapping[str, Any] | None) -> str:
    """As ``selector_text``, but ``<none>`` where nothing is required."""
    return selector_text(selector) or "<none>"


def _requirement(expression: Mapping[str, Any]) -> str:
    key, operator = str(expression.get("key", "")), expression.get("operator", "")
    values = ",".join(sorted(expression.get("values") or ()))
    if operator == "DoesNotExist":
        return f"!{key}"
    return key + _OPERATORS.get(operator, "").format(values)
