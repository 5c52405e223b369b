"""The rules for metadata that hold for every kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    each,
    forbidden,
    immutable,
    invalid,
    required,
    too_long,
)
from trueup.objects import Manifest, names

NameRule = Callable[[str], list[str]]
"""The complaints about a name."""

MAX_ANNOTATIONS = 256 * 1024
"""Bytes of all keys and values together."""


_FIXED = ("name", "namespace", "uid", "deletionTimestamp", "deletionGracePeriodSeconds")

STANDARD_FINALIZERS = ("kubernetes", "foregroundDeletion", "orphan")
"""Those that Kubernetes itself sets."""


def validate_metadata(
    metadata: Manifest, name_rule: NameRule, *, namespaced: bool, path: str = "metadata"
) -> list[Cause]:
    """What is wrong with the metadata of an object to be created."""
    found: list[Cause] = []
    base, name = str(metadata.get("generateName") or ""), str(metadata.get("name") or "")
    if base:
        start = names.generated_base(base)
        found += each(child(path, "generateName"), base, name_rule(start))
    if name:
        found += each(child(path, "name"), name, name_rule(name))
    else:
        found.append(required(child(path, "name"), "name or generateName is required"))
    if namespaced:
        namespace = str(metadata.get("namespace") or "")
        found += each(child(path, "namespace"), namespace, names.dns_label(namespace))
    return found + _common(metadata, path)


def validate_metadata_update(new: Manifest, old: Manifest, path: str = "metadata") -> list[Cause]:
    """What is wrong with a change of metadata."""
    found: list[Cause] = []
    if old.get("deletionTimestamp"):
        found += _new_finalizers(new, old, child(path, "finalizers"))
    for name in _FIXED:
        found += immutable(child(path, name), new.get(name) or "", old.get(name) or "")
    return found + _common(new, path)


def validate_labels(labels: Mapping[str, Any], path: str) -> list[Cause]:
    found = []
    for key, value in labels.items():
        found += each(path, key, names.qualified_name(key))
        found += each(path, value, names.label_value(str(value)))
    return found


def _common(metadata: Manifest, path: str) -> list[Cause]:
    owners = metadata.get("ownerReferences") or []
    return [
        *validate_labels(metadata.get("labels") or {}, child(path, "labels")),
        *validate_annotations(metadata.get("annotations") or {}, child(path, "annotations")),
        *_owners(owners, child(path, "ownerReferences")),
        *_finalizers(metadata.get("finalizers") or [], child(path, "finalizers")),
    ]


def validate_annotations(annotations: Mapping[str, str], path: str) -> list[Cause]:
    found = []
    for key in annotations:
        found += each(path, key, names.qualified_name(key.lower()))
    size = sum(len(text.encode()) for pair in annotations.items() for text in map(str, pair))
    return found if size <= MAX_ANNOTATIONS else [*found, too_long(path, MAX_ANNOTATIONS)]


def _owners(owners: Sequence[Manifest], path: str) -> list[Cause]:
    found, controller = [], ""
    for at, owner in enumerate(owners):
        found += _owner(owner, below(path, at))
        if owner.get("controller"):
            mine = f"{owner.get('kind')}/{owner.get('name')}"
            if controller:
                detail = (
                    "Only one reference can have Controller set to true. Found"
                    f' "true" in references for {controller} and {mine}'
                )
                found.append(invalid(path, [_shown(one) for one in owners], detail))
            controller = controller or mine
    return found


def _shown(owner: Manifest) -> Struct:
    fields = ("apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion")
    return Struct({name: owner[name] for name in fields if name in owner})


def _owner(owner: Manifest, path: str) -> list[Cause]:
    found = [
        required(child(path, name), "must not be empty")
        for name in ("apiVersion", "kind", "name", "uid")
        if not owner.get(name)
    ]
    version = str(owner.get("apiVersion") or "")
    if version and (version.count("/") > 1 or version.endswith("/")):
        place = child(path, "apiVersion")
        found.append(invalid(place, version, "must be <group>/<version> or <version>"))
    if version == "v1" and owner.get("kind") == "Event":
        detail = "/v1, Kind=Event is disallowed from being an owner"
        found.append(invalid(path, owner, detail))
    return found


def _finalizers(finalizers: Sequence[str], path: str) -> list[Cause]:
    found = []
    for finalizer in finalizers:
        found += each(path, finalizer, names.qualified_name(finalizer))
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        detail = "finalizer orphan and foregroundDeletion cannot be both set"
        found.append(invalid(path, list(finalizers), detail))
    return found


def finalizer_warnings(new: Manifest, old: Manifest) -> list[str]:
    """What is unwise about the finalizers that a custom resource is given."""
    found = []
    for name in sorted(set(new.get("finalizers") or ()) - set(old.get("finalizers") or ())):
        if "/" in name or name in STANDARD_FINALIZERS:
            continue
        path = " including a path (/)" if "." in name else ""
        found.append(
            f'metadata.finalizers: "{name}": prefer a domain-qualified finalizer name{path} to'
            " avoid accidental conflicts with other finalizer writers"
        )
    return found


def _new_finalizers(new: Manifest, old: Manifest, path: str) -> list[Cause]:
    added = sorted(set(new.get("finalizers") or ()) - set(old.get("finalizers") or ()))
    if not added:
        return []
    listed = ", ".join(f'"{name}"' for name in added)
    detail = (
        "no new finalizers can be added if the object is being deleted,"
        f" found new finalizers []string{{{listed}}}"
    )
    return [forbidden(path, detail)]
