"""Pods, and the templates that become pods."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.containers import container_problems
from trueup.controlplane.validation.builtin.scheduling import scheduling_problems
from trueup.controlplane.validation.builtin.security import context_problems, naming_problems
from trueup.controlplane.validation.builtin.volumes import volume_problems
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.controlplane.validation.metadata import validate_annotations, validate_labels
from trueup.objects import Manifest, names
from trueup.objects.manifest import copy

_POLICIES = {
    "restartPolicy": ("Always", "OnFailure", "Never"),
    "dnsPolicy": ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
}
_UPDATABLE = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only"
    " additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set"
    " to 1 if it was previously negative)"
)
_MAX_INT32 = 2**31 - 1


def pod_problems(pod: Manifest) -> Iterator[Cause]:
    yield from spec_problems(pod.get("spec") or {}, "spec")


def template_problems(
    template: Manifest, path: str, *, claims: tuple[str, ...] = ()
) -> Iterator[Cause]:
    """``claims``: names of volumes that a stateful set adds."""
    metadata = template.get("metadata") or {}
    yield from validate_labels(metadata.get("labels") or {}, child(path, "labels"))
    yield from validate_annotations(metadata.get("annotations") or {}, child(path, "annotations"))
    yield from spec_problems(template.get("spec") or {}, child(path, "spec"), claims=claims)


def spec_problems(spec: Manifest, path: str, *, claims: tuple[str, ...] = ()) -> Iterator[Cause]:
    """What is wrong with what a pod is to be."""
    usable, problems = volume_problems(spec.get("volumes") or [], child(path, "volumes"))
    yield from problems
    known = usable | set(claims)
    containers = spec.get("containers") or []
    if not containers:
        yield required(child(path, "containers"))
    taken: set[str] = set()
    yield from container_problems(containers, known, child(path, "containers"), taken)
    first = spec.get("initContainers") or []
    yield from container_problems(first, known, child(path, "initContainers"), taken)
    for field, values in _POLICIES.items():
        if spec.get(field) and spec[field] not in values:
            yield unsupported(child(path, field), spec[field], values)
    yield from validate_labels(spec.get("nodeSelector") or {}, child(path, "nodeSelector"))
    yield from _names(spec, path)
    yield from _numbers(spec, path)
    yield from context_problems(spec.get("securityContext") or {}, child(path, "securityContext"))
    yield from naming_problems(spec, path)
    yield from scheduling_problems(spec, path)


def _names(spec: Manifest, path: str) -> Iterator[Cause]:
    rules = {
        "serviceAccountName": names.dns_subdomain,
        "nodeName": names.dns_subdomain,
        "hostname": names.dns_label,
        "subdomain": names.dns_label,
        "priorityClassName": names.dns_subdomain,
    }
    for field, rule in rules.items():
        if name := str(spec.get(field) or ""):
            yield from each(child(path, field), name, rule(name))


def _numbers(spec: Manifest, path: str) -> Iterator[Cause]:
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= _MAX_INT32:
        detail = f"must be between 1 and {_MAX_INT32}, inclusive"
        yield invalid(child(path, "activeDeadlineSeconds"), deadline, detail)


def pod_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    """A pod that exists can hardly change."""
    mine, was = copy(new.get("spec") or {}), old.get("spec") or {}
    for field in ("containers", "initContainers"):
        if len(mine.get(field) or ()) != len(was.get(field) or ()):
            yield forbidden(child("spec", field), "pod updates may not add or remove containers")
            return
        for container, before in zip(mine.get(field) or (), was.get(field) or (), strict=True):
            container["image"] = before.get("image")
    known = [gate["name"] for gate in was.get("schedulingGates") or ()]
    for at, gate in enumerate(mine.get("schedulingGates") or ()):
        if gate["name"] not in known:
            place = child(below("spec.schedulingGates", at), "name")
            detail = f"only deletion is allowed, but found new scheduling gate '{gate['name']}'"
            yield forbidden(place, detail)
    for field in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        if field in was:
            mine[field] = was[field]
        else:
            mine.pop(field, None)
    if not was.get("nodeName"):
        mine.pop("nodeName", None)  # being scheduled is a change of this field
    if mine != was:
        yield forbidden("spec", _UPDATABLE)
