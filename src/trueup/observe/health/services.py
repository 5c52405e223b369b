"""kstatus' rules for kinds that wait for one thing: an address, a volume, an accepted name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.observe.health import fields
from trueup.observe.health.result import Result, current, failed, in_progress


def service(obj: Mapping[str, Any]) -> Result:
    """A load balancer needs a cluster IP; nothing is asked of other types."""
    kind = fields.text_or(obj, "spec.type", "ClusterIP")
    if kind == "LoadBalancer" and not fields.text_or(obj, "spec.clusterIP"):
        return in_progress("ClusterIP not set. Service type: LoadBalancer")
    return current("Service is ready")


def persistent_volume_claim(obj: Mapping[str, Any]) -> Result:
    phase = fields.text_or(obj, "status.phase", "unknown")
    if phase != "Bound":
        return in_progress(f"PVC is not Bound. phase: {phase}")
    return current("PVC is Bound")


def custom_resource_definition(obj: Mapping[str, Any]) -> Result:
    for condition in fields.conditions(obj):
        kind, status = condition[:2]
        if kind == "NamesAccepted" and status == "False":
            return failed(condition.message)
        if kind == "Established" and status == "False" and condition.reason != "Installing":
            return failed(condition.message)
        if kind == "Established" and status == "True":
            return current("CRD is established")
    return in_progress("Install in progress")
