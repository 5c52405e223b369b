"""Which fields a field selector may name, per kind, and what they hold in an object.

The list is that of the kinds' own selectable fields; metadata.name and metadata.namespace are
everyone's. https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.refusals import bad_request
from trueup.controlplane.registry.selectors import FieldTerm
from trueup.controlplane.resources import Resource
from trueup.controlplane.store import Entry

EntryTest: TypeAlias = Callable[[Entry], bool]

_EVENT = tuple(
    f"involvedObject.{name}"
    for name in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
)
_SELECTABLE: dict[str, tuple[str, ...]] = {
    "/pods": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    "/events": (*_EVENT, "reason", "reportingComponent", "source", "type"),
    "/namespaces": ("status.phase",),
    "/nodes": ("spec.unschedulable",),
    "/secrets": ("type",),
    "/services": ("spec.clusterIP", "spec.type"),
    "/replicationcontrollers": ("status.replicas",),
    "apps/replicasets": ("status.replicas",),
    "batch/jobs": ("status.successful",),
    "certificates.k8s.io/certificatesigningrequests": ("spec.signerName",),
    "resource.k8s.io/resourceslices": ("spec.nodeName", "spec.driver"),
}
_EVENT_NAMES = {"regarding": "involvedObject", "reportingController": "reportingComponent"}
_DEFAULTS = {"spec.unschedulable": "false", "spec.hostNetwork": "false"}
_ALIASES = {"status.successful": "status.succeeded", "status.podIP": "status.podIP"}
_ZERO = {"status.replicas", "status.successful"}


def field_selector(resource: Resource, terms: list[FieldTerm]) -> EntryTest | None:
    """The test for ``terms``; BadRequest when one names a field that is not selectable."""
    if not terms:
        return None
    known = {"metadata.name", *_SELECTABLE.get(resource.bucket, ())}
    if resource.namespaced:
        known.add("metadata.namespace")
    if resource.custom:
        known.update(resource.custom.selectable_fields)
    renamed = [(_stored_path(resource, term.path), term) for term in terms]
    for path, term in renamed:
        if path not in known:
            raise bad_request(_unknown(resource, term.path))
    on_key = [(p, t) for p, t in renamed if p.startswith("metadata.")]
    on_body = [(p, t) for p, t in renamed if not p.startswith("metadata.")]

    def test(entry: Entry) -> bool:
        namespace, _, name = entry.key.rpartition("/")
        for path, term in on_key:
            actual = name if path == "metadata.name" else namespace
            if (actual == term.value) != term.equal:
                return False
        if not on_body:
            return True
        obj = decode(entry)
        return all((field_value(obj, path) == term.value) == term.equal for path, term in on_body)

    return test


def field_value(obj: Mapping[str, Any], path: str) -> str:
    """The value at ``path`` as a selector compares it: text, empty when absent."""
    if path == "source":
        return _event_source(obj)
    value: Any = obj
    for name in _ALIASES.get(path, path).split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None:
        return "0" if path in _ZERO else _DEFAULTS.get(path, "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def selected_name(terms: list[FieldTerm]) -> str:
    """The one name that the terms allow, or empty."""
    for term in terms:
        if term.path == "metadata.name" and term.equal:
            return term.value
    return ""


def _event_source(obj: Mapping[str, Any]) -> str:
    source = (obj.get("source") or {}).get("component")
    return str(source or obj.get("reportingComponent") or "")


def _stored_path(resource: Resource, path: str) -> str:
    if resource.group == "events.k8s.io":
        first, dot, rest = path.partition(".")
        return _EVENT_NAMES.get(first, first) + dot + rest
    return path


def _unknown(resource: Resource, path: str) -> str:
    if resource.custom is None and resource.bucket not in _SELECTABLE:
        return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
    return f"field label not supported: {path}"
