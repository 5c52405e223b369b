"""CustomResourceDefinitions: what the server does with one, so that its kinds are served."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.registry.metadata import now_text
from trueup.controlplane.resources import Catalog
from trueup.controlplane.resources.custom import custom_resources
from trueup.objects import Manifest
from trueup.objects.manifest import copy

BUCKET = "apiextensions.k8s.io/customresourcedefinitions"
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""The finalizer that holds a definition until its objects are gone."""


def prepare(definition: Manifest, catalog: Catalog) -> None:
    """Fill in the names that follow from others, decide on its status."""
    spec = definition.get("spec")
    if not isinstance(spec, dict) or not isinstance(spec.get("names"), dict):
        return  # validation says what is missing
    names = spec["names"]
    if names.get("kind"):
        names.setdefault("singular", names["kind"].lower())
        names.setdefault("listKind", f"{names['kind']}List")
    spec.setdefault("conversion", {"strategy": "None"})
    if definition["metadata"].get("deletionTimestamp"):
        return
    if names.get("plural") and names.get("kind") and spec.get("versions"):
        complete_status(definition, catalog)


def hold(definition: Manifest) -> None:
    """Have its objects deleted before it goes."""
    metadata = definition["metadata"]
    finalizers = metadata.get("finalizers") or []
    if CLEANUP not in finalizers:
        metadata["finalizers"] = [*finalizers, CLEANUP]
    definition["status"] = copy(definition.get("status") or {})
    message = (
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    )
    _set(definition, "Terminating", "True", "InstanceDeletionPending", message)


def is_established(definition: Manifest) -> bool:
    return _condition_is_true(definition, "Established")


def complete_status(definition: Manifest, catalog: Catalog) -> None:
    """Accept the names that no other kind has; with all accepted, establish the definition."""
    status = definition["status"] = copy(definition.get("status") or {})
    conflict = _name_conflict(definition, catalog)
    if conflict is None:
        status["acceptedNames"] = dict(definition["spec"]["names"])
        _set(definition, "NamesAccepted", "True", "NoConflicts", "no conflicts found")
        _set(
            definition,
            "Established",
            "True",
            "InitialNamesAccepted",
            "the initial names have been accepted",
        )
    else:
        reason, message = conflict
        status.setdefault("acceptedNames", {"plural": "", "kind": ""})
        _set(definition, "NamesAccepted", "False", reason, message)
        if not is_established(definition):
            _set(definition, "Established", "False", "NotAccepted", "not all names are accepted")
    stored = status["storedVersions"] = status.get("storedVersions") or []
    for version in definition["spec"]["versions"]:
        if version.get("storage") and version["name"] not in stored:
            stored.append(version["name"])


def serve(definition: Manifest, catalog: Catalog) -> None:
    """Serve what ``definition`` defines, or stop serving it when it is not established."""
    name = definition["metadata"]["name"]
    if is_established(definition):
        catalog.define(name, custom_resources(definition, catalog.defined_by(name)))
    else:
        catalog.undefine(name)


def _name_conflict(definition: Manifest, catalog: Catalog) -> tuple[str, str] | None:
    """The reason and message of the last of its names that another resource of the group has."""
    spec, own = definition["spec"], definition["metadata"]["name"]
    names, conflict = spec["names"], None
    others = [other for other in catalog if other.group == spec["group"]]
    others = [other for other in others if not (other.custom and other.custom.definition == own)]
    resources = {name for r in others for name in (r.plural, r.singular, *r.short_names) if name}
    kinds = {name for other in others for name in (other.kind, other.list_name)}
    wanted = [
        ("PluralConflict", names["plural"], resources),
        ("SingularConflict", names.get("singular"), resources),
        *(("ShortNamesConflict", name, resources) for name in names.get("shortNames") or ()),
        ("KindConflict", names["kind"], kinds),
        ("ListKindConflict", names.get("listKind"), kinds),
    ]
    for reason, name, taken in wanted:
        if name in taken:
            conflict = reason, f'"{name}" is already in use'
    return conflict


def is_refused(definition: Manifest) -> bool:
    """Whether names of it are not accepted, as long as others have them."""
    conditions = (definition.get("status") or {}).get("conditions") or []
    return any(c["type"] == "NamesAccepted" and c["status"] == "False" for c in conditions)


def _condition_is_true(definition: Manifest, kind: str) -> bool:
    conditions = (definition.get("status") or {}).get("conditions") or []
    return any(c["type"] == kind and c["status"] == "True" for c in conditions)


def _set(definition: Manifest, kind: str, status: str, reason: str, message: str) -> None:
    conditions: list[dict[str, Any]] = definition["status"].get("conditions") or []
    definition["status"]["conditions"] = conditions
    wanted = {"type": kind, "status": status, "reason": reason, "message": message}
    for at, condition in enumerate(conditions):
        if condition["type"] == kind:
            changed = condition["status"] != status
            moment = now_text() if changed else condition["lastTransitionTime"]
            conditions[at] = {"lastTransitionTime": moment, **wanted}
            return
    conditions.append({"lastTransitionTime": now_text(), **wanted})
