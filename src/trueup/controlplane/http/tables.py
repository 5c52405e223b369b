"""Objects as a Table: the columns that kubectl prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from trueup.controlplane import tables
from trueup.controlplane.resources import Resource
from trueup.controlplane.tables import CustomTable
from trueup.objects import Manifest


def table(resource: Resource, objects: Sequence[Manifest]) -> dict[str, Any]:
    """``{"columnDefinitions", "rows"}``, one row of cells per object."""
    now = datetime.now(UTC)
    if resource.custom is None:
        return {
            "columnDefinitions": tables.columns(resource.gvk.group_kind),
            "rows": [_builtin_row(obj, now) for obj in objects],
        }
    custom = _custom_table(orjson.dumps(resource.custom.columns))
    rows = [{"cells": custom.cells(obj, now)} for obj in objects]
    return {"columnDefinitions": custom.columns(), "rows": rows}


def _builtin_row(obj: Manifest, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"cells": tables.cells(obj, now)}
    conditions = tables.row_conditions(obj)
    return {**row, "conditions": conditions} if conditions else row


@lru_cache(maxsize=512)
def _custom_table(columns: bytes) -> CustomTable:
    return CustomTable(orjson.loads(columns))
