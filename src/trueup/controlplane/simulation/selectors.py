"""Label selectors of the API's own form (matchLabels, matchExpressions) on labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def selects(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector matches; an absent or empty one matches nothing here."""
    wanted = (selector or {}).get("matchLabels") or {}
    expressions = (selector or {}).get("matchExpressions") or ()
    if not wanted and not expressions:
        return False
    return selects_plainly(wanted, labels) and all(_holds(e, labels) for e in expressions)


def selects_plainly(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether ``labels`` has all of ``wanted``, as a Service's selector asks."""
    return all(labels.get(key) == value for key, value in wanted.items())


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False
