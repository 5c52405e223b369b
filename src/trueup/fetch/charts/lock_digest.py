"""The digest in a lock: of the dependencies as Go writes them in JSON, what was asked and what came."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import orjson

from trueup.fetch.charts.metadata import ChartFile, Dependency, Lock
from trueup.objects.gotext import html_escaped

Dependencies = Iterable[Dependency] | None


def is_in_sync(chart: ChartFile, wanted: Dependencies, lock: Lock) -> bool:
    """Whether ``lock`` was made of the dependencies that ``chart`` lists now.

    ``wanted`` are those with the names of repositories resolved. Locks of Helm 2 count for the
    charts of its time.
    """
    if lock.digest == digest_of(wanted, lock.dependencies):
        return True
    return chart.is_old and lock.digest == _digest({"dependencies": _plain(chart.dependencies)})


def digest_of(wanted: Dependencies, locked: Dependencies) -> str:
    """As ``sha256:<hex digits>``."""
    return _digest([_plain(wanted), _plain(locked)])


def _digest(value: Any) -> str:
    written = html_escaped(orjson.dumps(value).decode())
    return f"sha256:{sha256(written.encode()).hexdigest()}"


def _plain(dependencies: Dependencies) -> list[dict[str, Any]] | None:
    return None if dependencies is None else [_fields(each) for each in dependencies]


def _fields(each: Dependency) -> dict[str, Any]:
    """In the order of Go's struct, without what is empty, but for two."""
    fields = {
        "name": each.name,
        "version": each.version,
        "repository": each.repository,
        "condition": each.condition,
        "tags": list(each.tags),
        "enabled": each.enabled,
        "import-values": [_sorted(value) for value in each.import_values],
        "alias": each.alias,
    }
    return {key: value for key, value in fields.items() if value or key in ("name", "repository")}


def _sorted(value: Any) -> Any:
    """With keys in order, and with numbers as precise as Go has them."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return int(float(value)) if type(value) is int else value
