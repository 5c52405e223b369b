"""Claims, volumes, storage classes, quotas and limit ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.builtin.paths import needed, one_of, value_at
from trueup.controlplane.validation.builtin.resources import (
    amount,
    quantity_problems,
    quota_resource,
)
from trueup.controlplane.validation.builtin.selectors import selector_problems
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names
from trueup.objects.manifest import copy

_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_VOLUME_FIELDS = frozenset(
    [
        *("capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "nodeAffinity"),
        *("storageClassName", "mountOptions", "volumeMode", "volumeAttributesClassName"),
    ]
)
_LIMIT_TYPES = ("Pod", "Container", "PersistentVolumeClaim")
_SCOPES = frozenset(
    [
        *("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass"),
        *("CrossNamespacePodAffinity", "VolumeAttributesClass"),
    ]
)
_CLAIM_FIXED = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName"
    " for bound claims"
)


def claim(obj: Manifest) -> Iterator[Cause]:
    yield from claim_spec(obj["spec"], "spec")
    source, reference = obj["spec"].get("dataSource"), obj["spec"].get("dataSourceRef")
    if source is not None and reference is not None and source != reference:
        # The apiserver means to show the path, and shows an empty value.
        yield invalid("spec", {}, "must match dataSourceRef")


def claim_spec(spec: Manifest, path: str) -> Iterator[Cause]:
    """What is wrong with a claim, or with the template of claims of a stateful set."""
    modes = spec.get("accessModes") or []
    if not modes:
        yield required(child(path, "accessModes"), "at least 1 access mode is required")
    yield from _modes(modes, child(path, "accessModes"))
    yield from selector_problems(spec.get("selector") or {}, child(path, "selector"))
    size, place = value_at(spec, "resources.requests.storage"), child(path, "resources[storage]")
    if size is None:
        yield required(place)
    elif amount(size) <= 0:
        yield invalid(place, str(size), "must be greater than zero")
    if name := str(spec.get("storageClassName") or ""):
        yield from each(child(path, "storageClassName"), name, names.dns_subdomain(name))
    kind, kinds = spec.get("volumeMode"), ("Block", "Filesystem")
    if kind is not None and kind not in kinds:
        yield unsupported(child(path, "volumeMode"), kind, kinds)


def claim_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    mine, was = copy(new["spec"]), copy(old["spec"])
    if not was.get("volumeName"):
        mine.pop("volumeName", None)
    if not was.get("storageClassName"):
        mine.pop("storageClassName", None)
    bound = (new.get("status") or {}).get("phase") == "Bound"
    size, before = _size(new), _size(old)
    if bound:
        for name in ("resources", "volumeAttributesClassName"):
            mine.pop(name, None)
            was.pop(name, None)
    if mine != was:
        yield forbidden("spec", _CLAIM_FIXED)
    capacity = value_at(old, "status.capacity.storage") or "0"
    if size < before and size <= amount(capacity):
        detail = "field can not be less than status.capacity"
        yield forbidden("spec.resources.requests.storage", detail)


def _size(obj: Manifest) -> Any:
    return amount(value_at(obj, "spec.resources.requests.storage") or "0")


def volume(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    if not spec.get("accessModes"):
        yield required("spec.accessModes")
    yield from _modes(spec.get("accessModes") or [], "spec.accessModes")
    capacity = spec.get("capacity")
    if not capacity:
        yield required("spec.capacity")
    if set(capacity or ()) != {"storage"}:
        yield unsupported("spec.capacity", capacity, ("storage",))
    sources = [name for name in spec if name not in _VOLUME_FIELDS and spec[name] is not None]
    if not sources:
        yield required("spec", "must specify a volume type")
    for name in sorted(sources, key=_source_order)[1:]:
        yield forbidden(child("spec", name), "may not specify more than 1 volume type")
    if "hostPath" in sources and not spec["hostPath"].get("path"):
        yield required("spec.hostPath.path")
    if capacity and "storage" in capacity and amount(capacity["storage"]) <= 0:
        place = "spec.capacity[storage]"
        yield invalid(place, str(capacity["storage"]), "must be greater than zero")
    policies = ("Delete", "Recycle", "Retain")
    yield from one_of(obj, {"spec.persistentVolumeReclaimPolicy": policies})


def _source_order(name: str) -> tuple[bool, str]:
    return (name != "hostPath", name)


def volume_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    mine, was = new["spec"], old["spec"]
    if any(mine.get(name) != was.get(name) for name in {*mine, *was} - _VOLUME_FIELDS):
        detail = "spec.persistentvolumesource is immutable after creation"
        yield forbidden("spec.persistentvolumesource", detail)


def _modes(modes: list[str], path: str) -> Iterator[Cause]:
    for mode in modes:
        if mode not in _MODES:
            yield unsupported(path, mode, _MODES)
    if "ReadWriteOncePod" in modes and len(set(modes) & set(_MODES)) > 1:
        detail = "may not use ReadWriteOncePod with other access modes"
        yield forbidden(path, detail)


def storage_class(obj: Manifest) -> Iterator[Cause]:
    yield from needed(obj, ("provisioner",))
    provisioner = str(obj.get("provisioner") or "").lower()
    yield from each(
        "provisioner", provisioner, names.qualified_name(provisioner) if provisioner else []
    )
    choices = {
        "reclaimPolicy": ("Delete", "Retain"),
        "volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
    }
    yield from one_of(obj, choices)


def storage_class_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    for name in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
        if new.get(name) != old.get(name):
            yield invalid(name, None, "field is immutable")


def quota(obj: Manifest) -> Iterator[Cause]:
    for name, quantity in (obj["spec"].get("hard") or {}).items():
        place = below("spec.hard", name)
        yield from quota_resource(name, place)
        yield from quantity_problems(name, quantity, place)
    scopes = obj["spec"].get("scopes") or []
    for scope in scopes:
        if scope not in _SCOPES:
            yield invalid("spec.scopes", scopes, "unsupported scope")


def limit_range(obj: Manifest) -> Iterator[Cause]:
    taken: set[str] = set()
    for at, limit in enumerate(obj["spec"].get("limits") or ()):
        kind, place = str(limit.get("type") or ""), child(below("spec.limits", at), "type")
        problems = names.qualified_name(kind)
        yield from each(place, kind, problems)
        if not problems and "/" not in kind and kind not in _LIMIT_TYPES:
            yield invalid(place, kind, "must be a standard limit type or fully qualified")
        if kind in taken:
            yield duplicate(place, kind)
        taken.add(kind)
        yield from _limit(limit, below("spec.limits", at))


_RELATIONS = (
    ("min", "max", "min value {} is greater than max value {}", "min"),
    ("min", "defaultRequest", "min value {} is greater than default request value {}", ""),
    ("min", "default", "min value {} is greater than default value {}", ""),
    ("defaultRequest", "max", "default request value {} is greater than max value {}", ""),
    (
        "defaultRequest",
        "default",
        "default request value {} is greater than default limit value {}",
        "",
    ),
    ("default", "max", "default value {} is greater than max value {}", "max"),
)
"""What must not exceed what, what is said, and which side the API server shows where not the first."""


def _limit(limit: Manifest, path: str) -> Iterator[Cause]:
    for low, high, words, shown in _RELATIONS:
        lower, upper = limit.get(low) or {}, limit.get(high) or {}
        for name, quantity in lower.items():
            if name in upper and amount(quantity) > amount(upper[name]):
                value = upper[name] if shown == "max" else quantity
                place = below(child(path, low), name)
                yield invalid(place, str(value), words.format(quantity, upper[name]))
