"""One kind in two versions: events, horizontal pod autoscalers, and custom resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from trueup.objects import GroupVersionKind, Manifest

Conversion: TypeAlias = Callable[[Manifest], Manifest]


def convert(obj: Manifest, source: GroupVersionKind, target: GroupVersionKind) -> Manifest:
    """``obj`` as ``target``; custom resources change their apiVersion only (strategy None)."""
    if source == target:
        return obj
    step = _CONVERSIONS.get((source, target))
    converted = step(obj) if step else dict(obj)
    converted["apiVersion"], converted["kind"] = target.api_version, target.kind
    return converted


_CORE_TO_NEW = {
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}
_NEW_TO_CORE = {new: core for core, new in _CORE_TO_NEW.items()}


def _event_to_new(obj: Manifest) -> Manifest:
    """The newer kind does not say that nobody reports it."""
    found = {_CORE_TO_NEW.get(name, name): value for name, value in obj.items()}
    for name in ("reportingController", "reportingInstance"):
        if found.get(name) == "":
            del found[name]
    return found


def _event_to_core(obj: Manifest) -> Manifest:
    core = {_NEW_TO_CORE.get(name, name): value for name, value in obj.items()}
    for name, empty in (
        ("involvedObject", {}),
        ("reportingComponent", ""),
        ("reportingInstance", ""),
    ):
        core.setdefault(name, empty)
    return core


def _autoscaler_to_v2(obj: Manifest) -> Manifest:
    spec = dict(obj.get("spec") or {})
    target = spec.pop("targetCPUUtilizationPercentage", None)
    if target is not None:
        goal = {"type": "Utilization", "averageUtilization": target}
        metric = {"type": "Resource", "resource": {"name": "cpu", "target": goal}}
        spec["metrics"] = [metric]
    status = dict(obj.get("status") or {})
    status.pop("currentCPUUtilizationPercentage", None)
    return {**obj, "spec": spec, **({"status": status} if "status" in obj else {})}


def _autoscaler_to_v1(obj: Manifest) -> Manifest:
    spec = dict(obj.get("spec") or {})
    target = _cpu_target(spec.pop("metrics", None) or [])
    spec.pop("behavior", None)
    if target is not None:
        spec["targetCPUUtilizationPercentage"] = target
    converted = {**obj, "spec": spec}
    if "status" in obj:
        status = dict(obj["status"] or {})
        for name in ("currentMetrics", "conditions"):
            status.pop(name, None)
        converted["status"] = status
    return converted


def _cpu_target(metrics: list[Manifest]) -> int | None:
    for metric in metrics:
        resource = metric.get("resource") or {}
        goal = resource.get("target") or {}
        if resource.get("name") == "cpu" and "averageUtilization" in goal:
            return int(goal["averageUtilization"])
    return None


_CORE_EVENT = GroupVersionKind("", "v1", "Event")
_NEW_EVENT = GroupVersionKind("events.k8s.io", "v1", "Event")
_AUTOSCALER_V1 = GroupVersionKind("autoscaling", "v1", "HorizontalPodAutoscaler")
_AUTOSCALER_V2 = GroupVersionKind("autoscaling", "v2", "HorizontalPodAutoscaler")

_CONVERSIONS: dict[tuple[GroupVersionKind, GroupVersionKind], Conversion] = {
    (_CORE_EVENT, _NEW_EVENT): _event_to_new,
    (_NEW_EVENT, _CORE_EVENT): _event_to_core,
    (_AUTOSCALER_V1, _AUTOSCALER_V2): _autoscaler_to_v2,
    (_AUTOSCALER_V2, _AUTOSCALER_V1): _autoscaler_to_v1,
}
