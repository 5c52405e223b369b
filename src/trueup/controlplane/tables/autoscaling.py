"""The HorizontalPodAutoscaler's row: each metric as ``current/target``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.tables.column import AGE, NAME, Column, at, field, number, shown, text
from trueup.objects import Manifest

_SHOWN = 2
_SOURCES = {
    "External": "external",
    "Pods": "pods",
    "Object": "object",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}


def _targets(autoscaler: Manifest) -> str:
    specs = at(autoscaler, "spec.metrics", ())
    if not specs:
        return "<none>"
    statuses = at(autoscaler, "status.currentMetrics", ())
    found = [
        _metric(spec, statuses[index] if index < len(statuses) else {})
        for index, spec in enumerate(specs)
    ]
    text_ = ", ".join(found[:_SHOWN])
    return f"{text_} + {len(found) - _SHOWN} more..." if len(found) > _SHOWN else text_


def _metric(spec: Mapping[str, Any], status: Mapping[str, Any]) -> str:
    source = _SOURCES.get(spec.get("type", ""))
    if source is None:
        return "<unknown type>"
    target, current = at(spec, f"{source}.target", {}), at(status, f"{source}.current", {})
    if source in ("resource", "containerResource"):
        name = at(spec, f"{source}.name", "")
        return f"{name}: {_utilization(target, current)}"
    average = target.get("averageValue")
    if source == "pods":
        return f"{current.get('averageValue', '<unknown>')}/{average}"
    if average is not None:
        return f"{current.get('averageValue', '<unknown>')}/{average} (avg)"
    return f"{current.get('value', '<unknown>')}/{target.get('value')}"


def _utilization(target: Mapping[str, Any], current: Mapping[str, Any]) -> str:
    if target.get("averageValue") is not None:
        return f"{current.get('averageValue', '<unknown>')}/{target['averageValue']}"
    used, wanted = current.get("averageUtilization"), target.get("averageUtilization")
    used_text = "<unknown>" if used is None else f"{used}%"
    return f"{used_text}/{'<auto>' if wanted is None else f'{wanted}%'}"


def _reference(autoscaler: Manifest) -> str:
    ref = at(autoscaler, "spec.scaleTargetRef", {})
    return f"{ref.get('kind', '')}/{ref.get('name', '')}"


def _v1_targets(autoscaler: Manifest) -> str:
    """autoscaling/v1 knows one metric, the use of CPU."""
    target = at(autoscaler, "spec.targetCPUUtilizationPercentage")
    if target is None:
        return "<none>"
    used = at(autoscaler, "status.currentCPUUtilizationPercentage")
    return f"cpu: {'<unknown>' if used is None else f'{used}%'}/{target}%"


def _any_targets(autoscaler: Manifest) -> str:
    is_v1 = autoscaler.get("apiVersion") == "autoscaling/v1"
    return _v1_targets(autoscaler) if is_v1 else _targets(autoscaler)


AUTOSCALING: dict[tuple[str, str], tuple[Column, ...]] = {
    ("autoscaling", "HorizontalPodAutoscaler"): (
        NAME,
        text("Reference", shown(_reference), "What it scales."),
        text("Targets", shown(_any_targets), "Its metrics, as current/target."),
        text("MinPods", shown(lambda o: str(at(o, "spec.minReplicas", "<unset>"))), "Fewest pods."),
        text("MaxPods", field("spec.maxReplicas", 0), "Most pods."),
        text("Replicas", field("status.currentReplicas", 0), "Pods there are."),
        AGE,
    ),
    ("autoscaling", "Scale"): (
        Column("Name", NAME.cell, NAME.description),
        number("Desired", "spec.replicas", "Pods there should be."),
        number("Available", "status.replicas", "Pods there are."),
        AGE,
    ),
}
