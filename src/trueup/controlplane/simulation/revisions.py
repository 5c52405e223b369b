"""ControllerRevisions: the pod templates that a StatefulSet or DaemonSet had, numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueup.controlplane.simulation.outcome import Action, Change, Create, Delete
from trueup.controlplane.simulation.reading import name_of, owner_reference
from trueup.controlplane.simulation.templates import safe_hash
from trueup.objects import Manifest
from trueup.objects.manifest import copy

Owner = Mapping[str, Any]
Revision = Mapping[str, Any]

LABEL = "controller-revision-hash"


@dataclass(frozen=True, slots=True)
class Revisions:
    """``update`` is the present template's; ``actions`` make it the newest."""

    update: Revision
    known: Sequence[Revision]
    actions: Sequence[Action]

    def named(self, name: str) -> Revision | None:
        return next((r for r in self.known if name_of(r) == name), None)


def revisions_of(owner: Owner, known: Sequence[Revision]) -> Revisions:
    """The owner's revisions; the one for its present template is made, or made the newest."""
    data = _data(owner)
    newest = max((int(r["revision"]) for r in known), default=0)
    same = [r for r in known if r.get("data") == data]
    if not same:
        made = _new(owner, data, newest + 1)
        return Revisions(made, [*known, made], [Create(made)])
    update = max(same, key=lambda r: int(r["revision"]))
    if int(update["revision"]) == newest:
        return Revisions(update, known, [])
    return Revisions(update, known, [Change(update, {"revision": newest + 1})])


def surplus(owner: Owner, known: Sequence[Revision], live: set[str]) -> list[Action]:
    """Delete the oldest revisions beyond the limit, but those that ``live`` names."""
    limit = owner["spec"].get("revisionHistoryLimit")
    if limit is None:
        return []
    idle = [r for r in known if name_of(r) not in live and "uid" in r["metadata"]]
    idle.sort(key=lambda r: int(r["revision"]))
    return [Delete(r) for r in idle[: max(0, len(idle) - limit)]]


def template_of(revision: Revision) -> Manifest:
    """The pod template that a revision holds."""
    template: Manifest = copy(revision["data"]["spec"]["template"])
    template.pop("$patch", None)
    return template


def _data(owner: Owner) -> Manifest:
    return {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}


def _new(owner: Owner, data: Manifest, number: int) -> Manifest:
    mark = safe_hash(data, (owner.get("status") or {}).get("collisionCount"))
    labels = (owner["spec"]["template"].get("metadata") or {}).get("labels") or {}
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": f"{name_of(owner)[:223]}-{mark}",
            "namespace": owner["metadata"]["namespace"],
            "labels": {**labels, LABEL: mark},
            "ownerReferences": [owner_reference(owner)],
        },
        "data": data,
        "revision": number,
    }
