"""kstatus: the status of any object by the conventions of the Kubernetes API.

The rules and their order are those of ``status.Compute`` in github.com/fluxcd/cli-utils
(pkg/kstatus/status): what holds for every kind first (deletion, generation, the conditions
Reconciling and Stalled), then the rules of a built-in kind, then the condition Ready.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from trueup.observe.health import fields, jobs, pods, services, workloads
from trueup.observe.health.result import Result, Status, current, failed, in_progress


def compute(obj: Mapping[str, Any], now: datetime) -> Result:
    """The status of ``obj``; InputError if a field that matters is of the wrong type.

    ``now`` (aware) decides how long an unschedulable Pod may still count as progressing.
    """
    found = _generic(obj)
    if found is not None:
        return found
    kind = _legacy_key(obj)
    if kind == "Pod":
        return pods.pod(obj, now)
    if kind in _RULES:
        return _RULES[kind](obj)
    return _ready(obj) or current("Resource is current")


def _generic(obj: Mapping[str, Any]) -> Result | None:
    if fields.text(obj, "metadata.deletionTimestamp"):
        return Result(Status.TERMINATING, "Resource scheduled for deletion")
    found = _generation(obj)
    if found is not None:
        return found
    for condition in fields.conditions(obj):
        if condition.status != "True":
            continue
        if condition.type == "Reconciling":
            return in_progress(condition.message)
        if condition.type == "Stalled":
            return failed(condition.message)
    return None


def _generation(obj: Mapping[str, Any]) -> Result | None:
    generation = fields.number(obj, "metadata.generation")
    if generation is None:
        return None
    observed = fields.number(obj, "status.observedGeneration")
    if observed is None or observed == generation:
        return None
    kind = fields.text_or(obj, "kind")
    return in_progress(
        f"{kind} generation is {generation}, but latest observed generation is {observed}"
    )


def _ready(obj: Mapping[str, Any]) -> Result | None:
    for condition in fields.conditions(obj):
        if condition.type != "Ready":
            continue
        if condition.status == "True":
            return current("Resource is Ready")
        if condition.status in {"False", "Unknown"}:
            return in_progress(condition.message)
    return None


def _legacy_key(obj: Mapping[str, Any]) -> str:
    """``Kind`` or ``group/Kind``; empty for an apiVersion that does not parse."""
    api_version = fields.text_or(obj, "apiVersion")
    if api_version.count("/") > 1 and api_version != "/":
        return ""
    group = api_version.rpartition("/")[0]
    kind = fields.text_or(obj, "kind")
    return f"{group}/{kind}" if group else kind


def _always(message: str) -> Callable[[Mapping[str, Any]], Result]:
    result = current(message)
    return lambda _obj: result


_RULES: dict[str, Callable[[Mapping[str, Any]], Result]] = {
    "ConfigMap": _always("Resource is always ready"),
    "Secret": _always("Resource is always ready"),
    "batch/CronJob": _always("Resource is always ready"),
    "policy/PodDisruptionBudget": _always("AllowedDisruptions has been computed."),
    "PersistentVolumeClaim": services.persistent_volume_claim,
    "Service": services.service,
    "apiextensions.k8s.io/CustomResourceDefinition": services.custom_resource_definition,
    "apps/DaemonSet": workloads.daemon_set,
    "apps/Deployment": workloads.deployment,
    "apps/ReplicaSet": workloads.replica_set,
    "apps/StatefulSet": workloads.stateful_set,
    "batch/Job": jobs.job,
    "extensions/DaemonSet": workloads.daemon_set,
    "extensions/Deployment": workloads.deployment,
    "extensions/ReplicaSet": workloads.replica_set,
}
"""The kinds with rules of their own; Pod has them too, but needs the time."""
