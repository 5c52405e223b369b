"""Who a StatefulSet's pods are: ordinal, name, revision, claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.simulation.reading import name_of
from trueup.controlplane.simulation.revisions import LABEL, template_of
from trueup.controlplane.simulation.templates import pod_from_template
from trueup.objects import Manifest
from trueup.objects.manifest import copy

_POD_NAME = "statefulset.kubernetes.io/pod-name"
_INDEX = "apps.kubernetes.io/pod-index"


def ordinal_of(stateful_set: Mapping[str, Any], pod: Mapping[str, Any]) -> int:
    """The number in the pod's name; -1 for a pod that is not named like this set's."""
    parent, _, number = name_of(pod).rpartition("-")
    return int(number) if parent == name_of(stateful_set) and number.isdecimal() else -1


def revision_name(pod: Mapping[str, Any]) -> str:
    return str((pod["metadata"].get("labels") or {}).get(LABEL, ""))


def new_pod(stateful_set: Mapping[str, Any], ordinal: int, revision: Mapping[str, Any]) -> Manifest:
    """The pod of one ordinal, by the template of ``revision``."""
    pod = pod_from_template(template_of(revision), stateful_set)
    metadata, spec = pod["metadata"], pod["spec"]
    name = f"{name_of(stateful_set)}-{ordinal}"
    metadata.pop("generateName")
    metadata["name"] = name
    identity = {_POD_NAME: name, _INDEX: str(ordinal), LABEL: name_of(revision)}
    metadata["labels"] = {**metadata.get("labels", {}), **identity}
    spec["hostname"] = name
    if stateful_set["spec"].get("serviceName"):
        spec["subdomain"] = stateful_set["spec"]["serviceName"]
    templates = stateful_set["spec"].get("volumeClaimTemplates") or ()
    claimed = [
        {"name": name_of(t), "persistentVolumeClaim": {"claimName": _claim_name(t, name)}}
        for t in templates
    ]
    names = {volume["name"] for volume in claimed}
    others = [v for v in spec.get("volumes") or () if v["name"] not in names]
    if claimed or others:
        spec["volumes"] = [*claimed, *others]
    return pod


def claims_of(stateful_set: Mapping[str, Any], ordinal: int) -> list[Manifest]:
    """The claims that the pod of one ordinal needs; they stay when it goes."""
    pod = f"{name_of(stateful_set)}-{ordinal}"
    labels = (stateful_set["spec"].get("selector") or {}).get("matchLabels") or {}
    found = []
    for template in stateful_set["spec"].get("volumeClaimTemplates") or ():
        given = template["metadata"]
        metadata: Manifest = {
            "name": _claim_name(template, pod),
            "namespace": stateful_set["metadata"]["namespace"],
            "labels": {**(given.get("labels") or {}), **labels},
        }
        if given.get("annotations"):
            metadata["annotations"] = copy(given["annotations"])
        claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}
        found.append({**claim, "spec": copy(template["spec"])})
    return found


def _claim_name(template: Mapping[str, Any], pod: str) -> str:
    return f"{name_of(template)}-{pod}"
