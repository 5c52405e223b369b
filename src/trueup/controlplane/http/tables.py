"""Objects as a Table: the columns that kubectl prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trueup.controlplane.resources import Resource
from trueup.objects import Manifest


def table(resource: Resource, objects: Sequence[Manifest]) -> dict[str, Any]:
    """``{"columnDefinitions", "rows"}``, one row of cells per object."""
    columns = [
        {"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0},
        {"name": "Created At", "type": "date", "format": "", "description": "", "priority": 0},
    ]
    rows = [
        {"cells": [obj["metadata"]["name"], obj["metadata"]["creationTimestamp"]]}
        for obj in objects
    ]
    return {"columnDefinitions": columns, "rows": rows}
