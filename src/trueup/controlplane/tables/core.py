"""Rows of the core kinds beside pods, workloads, network and storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from trueup.controlplane.tables.column import (
    AGE,
    CREATED_AT,
    NAME,
    Column,
    at,
    count,
    field,
    shown,
    text,
)
from trueup.controlplane.tables.duration import since
from trueup.controlplane.tables.pods import PODS
from trueup.controlplane.tables.selectors import format_labels
from trueup.controlplane.tables.templates import containers
from trueup.objects import Manifest

_ROLE = "node-role.kubernetes.io/"


def _node_status(node: Manifest) -> str:
    words = []
    for condition in at(node, "status.conditions", ()):
        if condition["type"] == "Ready":
            words = ["Ready" if condition["status"] == "True" else "NotReady"]
    words = words or ["Unknown"]
    return ",".join([*words, *(["SchedulingDisabled"] if at(node, "spec.unschedulable") else [])])


def _roles(node: Manifest) -> str:
    roles = set()
    for label, value in at(node, "metadata.labels", {}).items():
        roles.add(label.removeprefix(_ROLE) if label.startswith(_ROLE) else "")
        roles.add(value if label == "kubernetes.io/role" else "")
    return ",".join(sorted(roles - {""})) or "<none>"


def _address(kind: str) -> Column:
    def find(node: Manifest) -> str:
        addresses = at(node, "status.addresses", ())
        return next((a["address"] for a in addresses if a["type"] == kind), "<none>")

    name = kind.removesuffix("IP") + "-IP"
    return text(name, shown(find), "Address of the node.", wide=True)


def _kernel(node: Manifest) -> str:
    version = at(node, "status.nodeInfo.kernelVersion") or "<unknown>"
    architecture = at(node, "status.nodeInfo.architecture")
    return f"{version} ({architecture})" if architecture else version


def _info(name: str, path: str) -> Column:
    made = shown(lambda obj: at(obj, f"status.nodeInfo.{path}") or "<unknown>")
    return text(name, made, "Reported by the node.", wide=True)


def _first_seen(event: Manifest, now: datetime) -> str:
    return since(event.get("firstTimestamp") or event.get("eventTime"), now)


def _last_seen(event: Manifest, now: datetime) -> str:
    if event.get("series") is not None:
        return since(at(event, "series.lastObservedTime"), now)
    last = event.get("lastTimestamp")
    return since(last, now) if last else _first_seen(event, now)


def _times_seen(event: Manifest) -> int:
    if event.get("series") is not None:
        return int(at(event, "series.count", 0))
    return int(event.get("count") or 1)


def _involved(event: Manifest) -> str:
    kind, name = at(event, "involvedObject.kind", ""), at(event, "involvedObject.name", "")
    return f"{kind.lower()}/{name}" if name else str(kind).lower()


def _source(event: Manifest) -> str:
    component = at(event, "source.component") or event.get("reportingComponent") or ""
    host = at(event, "source.host") or event.get("reportingInstance") or ""
    return f"{component}, {host}" if host else component


def _data(config: Manifest) -> int:
    return len(at(config, "data", ())) + len(at(config, "binaryData", ()))


def _quota(*, limits: bool) -> Column:
    def used(quota: Manifest) -> str:
        hard, used_ = at(quota, "status.hard", {}), at(quota, "status.used", {})
        names = sorted(name for name in hard if name.startswith("limits.") == limits)
        return ", ".join(f"{name}: {used_.get(name, '0')}/{hard[name]}" for name in names)

    name = "Limit" if limits else "Request"
    return text(name, shown(used), "Resources used, of those granted.")


def _as_core_event(event: Manifest) -> Manifest:
    """An Event of events.k8s.io in the words of the core group."""
    return {
        **event,
        "involvedObject": event.get("regarding"),
        "message": event.get("note"),
        "source": event.get("deprecatedSource"),
        "firstTimestamp": event.get("deprecatedFirstTimestamp"),
        "lastTimestamp": event.get("deprecatedLastTimestamp"),
        "count": event.get("deprecatedCount"),
        "reportingComponent": event.get("reportingController"),
    }


def _translated(column: Column) -> Column:
    return replace(column, cell=lambda obj, now: column.cell(_as_core_event(obj), now))


_EVENT = (
    text("Last Seen", _last_seen, "Time since it was last seen."),
    text("Type", "type", "Normal or Warning."),
    text("Reason", "reason", "Why, in a word."),
    text("Object", shown(_involved), "What it is about."),
    text("Subobject", "involvedObject.fieldPath", "Which part of it.", wide=True),
    text("Source", shown(_source), "Who reports it.", wide=True),
    text("Message", shown(lambda obj: at(obj, "message", "").strip()), "What happened."),
    text("First Seen", _first_seen, "Time since it was first seen.", wide=True),
    text("Count", shown(_times_seen), "How often it was seen.", wide=True),
    replace(NAME, priority=1),
)

CORE: dict[tuple[str, str], tuple[Column, ...]] = {
    ("", "Pod"): PODS,
    ("", "PodTemplate"): (
        NAME,
        *containers("template", wide=False),
        text(
            "Pod Labels",
            shown(lambda obj: format_labels(at(obj, "template.metadata.labels"))),
            "Labels of the template.",
        ),
    ),
    ("", "Namespace"): (NAME, text("Status", "status.phase", "Active or Terminating."), AGE),
    ("", "Node"): (
        NAME,
        text("Status", shown(_node_status), "Whether pods can run there."),
        text("Roles", shown(_roles), "What the node is there for."),
        AGE,
        text("Version", "status.nodeInfo.kubeletVersion", "Version of its kubelet."),
        _address("InternalIP"),
        _address("ExternalIP"),
        _info("OS-Image", "osImage"),
        text("Kernel-Version", shown(_kernel), "Reported by the node.", wide=True),
        _info("Container-Runtime", "containerRuntimeVersion"),
    ),
    ("", "Event"): _EVENT,
    ("events.k8s.io", "Event"): tuple(map(_translated, _EVENT)),
    ("", "ConfigMap"): (NAME, text("Data", shown(_data), "Entries."), AGE),
    ("", "Secret"): (
        NAME,
        text("Type", "type", "What its entries mean."),
        text("Data", count("data"), "Entries."),
        AGE,
    ),
    ("", "ServiceAccount"): (NAME, AGE),
    ("", "ResourceQuota"): (NAME, _quota(limits=False), _quota(limits=True), AGE),
    ("", "LimitRange"): (NAME, CREATED_AT),
    ("coordination.k8s.io", "Lease"): (
        NAME,
        text("Holder", field("spec.holderIdentity"), "Who holds it."),
        AGE,
    ),
}
