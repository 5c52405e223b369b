"""The status of each kind: ``tests/cases/observe/health/<kind>.yaml``, recorded from kstatus.

``flux-job`` holds what Flux's own reader says about the Jobs of ``job``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trueup.errors import InputError
from trueup.objects import Manifest, yaml
from trueup.observe.health import Health, Result, Status, jobs, kstatus, report

FOLDER = Path(__file__).parents[3] / "cases" / "observe" / "health"
TABLE: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.load(path.read_bytes())
]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def status_of(file: str, obj: Manifest) -> Result:
    return jobs.flux_job(obj) if file == "flux-job" else kstatus.compute(obj, NOW)


@pytest.mark.parametrize(
    ("file", "case"), TABLE, ids=[f"{file}: {case['name']}" for file, case in TABLE]
)
def test_status(file: str, case: dict[str, Any]) -> None:
    if case.get("error"):
        with pytest.raises(InputError):
            status_of(file, case["object"])
    else:
        found = status_of(file, case["object"])
        assert found == (case["status"], case.get("message", found.message))


@pytest.mark.parametrize(("now", "status"), [("14.9", Status.IN_PROGRESS), ("15.1", Status.FAILED)])
def test_a_pod_may_stay_unscheduled_for_15_seconds(now: str, status: Status) -> None:
    obj = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z"},
        "status": {
            "phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}],
        },
    }
    found = kstatus.compute(obj, datetime.fromisoformat(f"2026-01-01T00:00:{now}00Z"))
    assert found.status == status


def test_every_status_has_a_word_of_the_engine() -> None:
    words = {status: report(Result(status, "why")).status for status in Status}
    assert words == {
        "Current": Health.HEALTHY,
        "InProgress": Health.PROGRESSING,
        "Terminating": Health.PROGRESSING,
        "Failed": Health.DEGRADED,
        "NotFound": Health.MISSING,
        "Unknown": Health.UNKNOWN,
    }
