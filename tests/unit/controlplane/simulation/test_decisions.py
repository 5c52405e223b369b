"""Each controller's decision, as tables: an object and its children in, writes out.

A file in ``tests/cases/simulation`` names its rule and a ``base`` object; a case lays ``object``
over it. ``writes`` are compared whole, ``status`` and ``again`` where a case gives them. What comes
of several decisions in a row is told by the scenarios beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trueup.controlplane.simulation.daemonsets.decide import daemon_set_outcome
from trueup.controlplane.simulation.deployments.decide import deployment_outcome
from trueup.controlplane.simulation.disruption import budget_status
from trueup.controlplane.simulation.jobs.cron import cron_job_outcome
from trueup.controlplane.simulation.jobs.decide import job_outcome
from trueup.controlplane.simulation.network.ingresses import ingress_outcome
from trueup.controlplane.simulation.network.services import service_outcome
from trueup.controlplane.simulation.outcome import (
    Action,
    Bind,
    Change,
    Create,
    Delete,
    Outcome,
    status_change,
)
from trueup.controlplane.simulation.pods.lifecycle import Addresses, pod_outcome
from trueup.controlplane.simulation.pods.scheduler import schedule
from trueup.controlplane.simulation.replicasets.replicas import replica_set_outcome
from trueup.controlplane.simulation.statefulsets.decide import stateful_set_outcome
from trueup.controlplane.simulation.storage.binding import claim_outcome
from trueup.objects import Manifest, yaml

CASES = Path(__file__).parents[3] / "cases" / "simulation"
NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
KEYS = {"name", "object", "children", "known", "writes", "status", "again", "now"}

Rule = Callable[[Manifest, list[Manifest], Mapping[str, Any], datetime], Outcome]

RULES: dict[str, Rule] = {
    "deployment": lambda obj, children, case, now: deployment_outcome(
        obj, children, now, running=frozenset(case.get("known", ()))
    ),
    "replicaset": lambda obj, children, case, now: replica_set_outcome(obj, children, now),
    "statefulset": lambda obj, children, case, now: stateful_set_outcome(
        obj, children, case.get("known", []), frozenset(), now
    ),
    "daemonset": lambda obj, children, case, now: daemon_set_outcome(
        obj, children, [], case["known"], now
    ),
    "job": lambda obj, children, case, now: job_outcome(obj, children, now),
    "cronjob": lambda obj, children, case, now: cron_job_outcome(obj, children, now),
    "pod": lambda obj, children, case, now: pod_outcome(
        obj, Addresses("10.0.0.1", "192.0.2.1"), now
    ),
    "scheduling": lambda obj, children, case, now: Outcome(
        schedule(obj, children, case.get("known", {}).get, now)
    ),
    "claim": lambda obj, children, case, now: claim_outcome(
        obj, children, "simulated", "Delete", now
    ),
    "service": lambda obj, children, case, now: service_outcome(obj, children, [], now),
    "ingress": lambda obj, children, case, now: ingress_outcome(obj, now),
    "budget": lambda obj, children, case, now: Outcome(
        status_change(obj, budget_status(obj, children, now))
    ),
}


def cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        table = yaml.load(path.read_bytes(), path.name)
        for case in table["cases"]:
            assert not set(case) - KEYS, f"{path.name}: {case['name']}: {set(case) - KEYS}"
            given = (table["rule"], table["base"], table.get("child"), case)
            found.append(pytest.param(*given, id=f"{path.stem}: {case['name']}"))
    return found


@pytest.mark.parametrize(("rule", "base", "child", "case"), cases())
def test_a_decision(
    rule: str, base: Manifest, child: Manifest | None, case: Mapping[str, Any]
) -> None:
    obj = laid_over(base, case.get("object", {}))
    children = [laid_over(child or {}, given) for given in case.get("children", ())]
    now = datetime.fromisoformat(case["now"]) if "now" in case else NOW
    outcome = RULES[rule](obj, children, case, now)
    writes = [line for action in outcome.actions if (line := written(action))]
    assert writes == case.get("writes", [])
    assert_within(case.get("status", {}), status_of(outcome))
    if "again" in case:
        assert outcome.again == pytest.approx(case["again"], abs=0.2)


def written(action: Action) -> str:
    """One line for a write; Events and status are not compared here."""
    match action:
        case Create(obj):
            name = obj["metadata"].get("name") or obj["metadata"]["generateName"] + "*"
            size = (obj.get("spec") or {}).get("replicas")
            return f"create {obj['kind']} {name}" + (f" of {size}" if size is not None else "")
        case Delete(obj):
            return f"delete {obj['kind']} {obj['metadata']['name']}"
        case Bind(_, node):
            return f"bind to {node}"
        case Change(obj, patch, ""):
            return f"change {obj['kind']} {obj['metadata']['name']}: {flat(patch)}"
    return ""


def flat(patch: Any, path: str = "") -> str:
    """``spec.replicas=2`` for each leaf, but annotations."""
    if not isinstance(patch, Mapping) or not patch:
        return f"{path}={patch}"
    inner = [flat(v, f"{path}.{k}".lstrip(".")) for k, v in patch.items() if k != "annotations"]
    return ", ".join(text for text in inner if text and not text.endswith("={}"))


def status_of(outcome: Outcome) -> Manifest:
    patches = [a.patch for a in outcome.actions if isinstance(a, Change) and a.subresource]
    return {} if not patches else patches[-1].get("status", {})


def laid_over(base: Any, extra: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(extra, dict):
        return extra
    keys = {**base, **extra}
    return {k: laid_over(base.get(k), extra[k]) if k in extra else base[k] for k in keys}


def assert_within(expected: Any, actual: Any, path: str = "status") -> None:
    """Each field that is expected is there; a list is matched item by item, by ``type``."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert key in actual, f"{path}.{key} is missing in {actual}"
            assert_within(value, actual[key], f"{path}.{key}")
    elif isinstance(expected, list) and expected and "type" in expected[0]:
        known = {item["type"]: item for item in actual}
        for item in expected:
            assert item["type"] in known, f"{path} has no {item['type']}: {actual}"
            assert_within(item, known[item["type"]], f"{path}[{item['type']}]")
    else:
        assert actual == expected, path
