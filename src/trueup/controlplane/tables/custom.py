"""Tables of custom resources: the printer columns of a CustomResourceDefinition's version."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trueup.controlplane.tables.column import NAME
from trueup.controlplane.tables.duration import human_duration
from trueup.controlplane.tables.jsonpath import compile_path
from trueup.objects import Manifest

_AGE = {
    "name": "Age",
    "type": "date",
    "description": "Time since the object was created.",
    "jsonPath": ".metadata.creationTimestamp",
}


class CustomTable:
    """Columns and rows by ``additionalPrinterColumns``; InputError if a path is malformed.

    Without printer columns a custom resource shows its age.
    """

    def __init__(self, printer_columns: Sequence[Mapping[str, Any]]) -> None:
        self._printed = list(printer_columns) or [_AGE]
        self._paths = [compile_path(column["jsonPath"]) for column in self._printed]

    def columns(self) -> list[Manifest]:
        return [NAME.definition(), *(_definition(column) for column in self._printed)]

    def cells(self, obj: Manifest, now: datetime) -> list[Any]:
        row = [obj["metadata"].get("name", "")]
        for column, find in zip(self._printed, self._paths, strict=True):
            found = find(obj)
            row.append(_cell(column["type"], found[0], now) if found else None)
        return row


def _definition(column: Mapping[str, Any]) -> Manifest:
    fallback = f"Custom resource definition column (in JSONPath format): {column['jsonPath']}"
    return {
        "name": column["name"],
        "type": column["type"],
        "format": column.get("format", ""),
        "description": column.get("description") or fallback,
        "priority": column.get("priority", 0),
    }


def _cell(kind: str, value: Any, now: datetime) -> Any:
    """``value`` as the column's type shows it; None where it is of another type."""
    if value is None:
        return None
    if kind == "string":
        return _text(value)
    if kind == "date":
        return _age(value, now)
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if kind == "integer" else float(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return str(value)


def _age(value: Any, now: datetime) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return human_duration(now - datetime.fromisoformat(value))
    except (ValueError, TypeError):
        return "<invalid>"
