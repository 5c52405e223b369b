"""Autoscalers, disruption budgets and priority classes."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.selectors import selector_problems, shown
from trueup.controlplane.validation.builtin.workloads import at_most_all, count_or_percent
from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_METRICS = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
_CHOICES = ("Disabled", "Max", "Min")
_SCALING_POLICIES = ("Percent", "Pods")
_LONGEST_WINDOW, _LONGEST_PERIOD = 3600, 1800
"""Seconds."""
_MAX_PRIORITY = 1_000_000_000
_SYSTEM_PRIORITIES = {
    "system-node-critical": 2_000_001_000,
    "system-cluster-critical": 2_000_000_000,
}


def autoscaler(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    metrics = spec.get("metrics") or []
    if least is not None and least < 0:
        yield invalid("spec.minReplicas", least, "must be greater than or equal to 0")
    if most == 0:
        yield required("spec.maxReplicas")
    elif most < 0:
        yield invalid("spec.maxReplicas", most, "must be greater than 0")
    if least is not None and 0 <= most < least:
        yield invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    yield from _target(spec.get("scaleTargetRef") or {})
    for at, metric in enumerate(metrics):
        yield from _metric(metric, below("spec.metrics", at))
    for name in ("scaleUp", "scaleDown"):
        if (rules := (spec.get("behavior") or {}).get(name)) is not None:
            yield from _scaling(rules, child("spec.behavior", name))
    if least == 0 and not any(m.get("type") in {"Object", "External"} for m in metrics):
        detail = (
            "must specify at least one Object or External metric to support scaling to zero"
            " replicas"
        )
        yield forbidden("spec.metrics", detail)


def _scaling(rules: Manifest, path: str) -> Iterator[Cause]:
    window, choice = rules.get("stabilizationWindowSeconds"), rules.get("selectPolicy")
    place, policies = child(path, "stabilizationWindowSeconds"), rules.get("policies") or []
    if window is not None and window < 0:
        yield invalid(place, window, "must be greater than or equal to zero")
    if window is not None and window > _LONGEST_WINDOW:
        yield invalid(place, window, f"must be less than or equal to {_LONGEST_WINDOW}")
    if choice is not None and choice not in _CHOICES:
        yield unsupported(child(path, "selectPolicy"), choice, _CHOICES)
    if not policies:
        yield required(child(path, "policies"), "must specify at least one Policy")
    for at, policy in enumerate(policies):
        yield from _scaling_policy(policy, below(child(path, "policies"), at))


def _scaling_policy(policy: Manifest, path: str) -> Iterator[Cause]:
    kind, period = policy.get("type") or "", policy.get("periodSeconds") or 0
    if kind not in _SCALING_POLICIES:
        yield unsupported(child(path, "type"), kind, _SCALING_POLICIES)
    for name in ("value", "periodSeconds"):
        if (value := policy.get(name) or 0) <= 0:
            yield invalid(child(path, name), value, "must be greater than zero")
    if period > _LONGEST_PERIOD:
        detail = f"must be less than or equal to {_LONGEST_PERIOD}"
        yield invalid(child(path, "periodSeconds"), period, detail)


def _target(target: Manifest) -> Iterator[Cause]:
    for name in ("kind", "name"):
        said = str(target.get(name) or "")
        if not said:
            yield required(f"spec.scaleTargetRef.{name}")
        else:
            yield from each(f"spec.scaleTargetRef.{name}", said, names.path_segment(said))
    version = str(target.get("apiVersion") or "")
    if "/" not in version and target.get("kind") != "ReplicationController":
        place = "spec.scaleTargetRef.apiVersion"
        yield invalid(place, version, "apiVersion must specify API group")


def _metric(metric: Manifest, path: str) -> Iterator[Cause]:
    kind = metric.get("type") or ""
    if not kind:
        yield required(child(path, "type"), "must specify a metric source type")
    if kind not in _METRICS:
        yield unsupported(child(path, "type"), kind, tuple(_METRICS))
    elif metric.get(_METRICS[kind]) is None:
        detail = "must populate information for the given metric source"
        yield required(child(path, _METRICS[kind]), detail)
    elif kind == "Resource":
        yield from _resource_metric(metric["resource"], child(path, "resource"))


def _resource_metric(metric: Manifest, path: str) -> Iterator[Cause]:
    target, place = metric.get("target") or {}, child(path, "target")
    kind, share, value = (target.get(n) for n in ("type", "averageUtilization", "averageValue"))
    if not metric.get("name"):
        yield required(child(path, "name"), "must specify a resource name")
    if not kind:
        yield required(child(place, "type"), "must specify a metric target type")
    if kind not in {"Utilization", "Value", "AverageValue"}:
        detail = "must be either Utilization, Value, or AverageValue"
        yield invalid(child(place, "type"), kind or "", detail)
    if share is not None and share < 1:
        yield invalid(child(place, "averageUtilization"), share, "must be greater than 0")
    if share is None and value is None:
        detail = "must set either a target raw value or a target utilization"
        yield required(child(place, "averageUtilization"), detail)


def disruption_budget(obj: Manifest) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    if least is not None and most is not None:
        said = Struct(
            {
                "MinAvailable": least,
                "Selector": shown(spec["selector"]) if spec.get("selector") else None,
                "MaxUnavailable": most,
                "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy"),
            }
        )
        yield invalid("spec", said, "minAvailable and maxUnavailable cannot be both set")
    for name, value in (("minAvailable", least), ("maxUnavailable", most)):
        if value is not None:
            yield from count_or_percent(value, child("spec", name))
            yield from at_most_all(value, child("spec", name))
    yield from selector_problems(spec.get("selector") or {}, "spec.selector")
    eviction, known = spec.get("unhealthyPodEvictionPolicy"), ("AlwaysAllow", "IfHealthyBudget")
    if eviction is not None and eviction not in known:
        yield unsupported("spec.unhealthyPodEvictionPolicy", eviction, known)


def priority_class(obj: Manifest) -> Iterator[Cause]:
    name, value = str(obj["metadata"].get("name") or ""), obj.get("value") or 0
    if name.startswith("system-"):
        if name not in _SYSTEM_PRIORITIES:
            detail = (
                "priority class names with 'system-' prefix are reserved for system use only."
                f" error: {name} is not a known system priority class"
            )
            yield forbidden("metadata.name", detail)
    elif value > _MAX_PRIORITY:
        detail = f"maximum allowed value of a user defined priority is {_MAX_PRIORITY}"
        yield forbidden("value", detail)


def priority_class_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    if new.get("value") != old.get("value"):
        yield forbidden("value", "may not be changed in an update.")
    policy = "preemptionPolicy"
    if new.get(policy) != old.get(policy):
        yield invalid(policy, new.get(policy), "field is immutable")
