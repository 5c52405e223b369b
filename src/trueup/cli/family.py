"""The objects of a delivery as a family tree: what it applied, and what that brought about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trueup.cli.kinds import KINDS, Subject
from trueup.cli.state import is_suspended, ready
from trueup.cluster import Client
from trueup.dialects.flux.conventions import health
from trueup.dialects.flux.names import OWNER_NAME_LABEL, OWNER_NAMESPACE_LABEL
from trueup.errors import Forbidden, NotFound
from trueup.objects import GroupKind, GroupVersionKind, Manifest, ObjectRef
from trueup.observe.health import Health, HealthReport, Result, Status, report
from trueup.plan.inventory import refs_of

_POD = GroupVersionKind("", "v1", "Pod")
_REPLICA_SET = GroupVersionKind("apps", "v1", "ReplicaSet")
_JOB = GroupVersionKind("batch", "v1", "Job")

_CHILDREN = {
    GroupKind("apps", "Deployment"): (_REPLICA_SET, _POD),
    GroupKind("apps", "StatefulSet"): (_POD,),
    GroupKind("apps", "DaemonSet"): (_POD,),
    GroupKind("batch", "CronJob"): (_JOB, _POD),
    GroupKind("batch", "Job"): (_POD,),
}
"""Which kinds descend from a workload, through any number of owners."""

_LIST_FROM = 4
"""From so many objects of a kind on, one list is cheaper than single reads."""


@dataclass(slots=True)
class Member:
    """One object, its health, and what descends from it."""

    ref: ObjectRef
    health: HealthReport
    children: list[Member] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        ref = self.ref
        place = {"namespace": ref.namespace} if ref.namespace else {}
        return {
            "object": {"apiVersion": ref.api_version, "kind": ref.kind, **place, "name": ref.name},
            "health": str(self.health.status),
            "message": self.health.message,
            "children": [child.to_json() for child in self.children],
        }


class FamilyReader:
    """Reads a family from the cluster; ``now`` is the time that health is judged at."""

    def __init__(self, client: Client, now: datetime) -> None:
        self._client = client
        self._now = now
        self._visited: set[ObjectRef] = set()

    async def delivery(self, subject: Subject) -> Member:
        """The delivery and all below it; NotFound if it is not there."""
        return await self._delivery(await self._client.get(subject.ref))

    async def _delivery(self, obj: Manifest) -> Member:
        ref = ObjectRef.of(obj)
        self._visited.add(ref)
        entries = ((obj.get("status") or {}).get("inventory") or {}).get("entries") or ()
        refs = [found for found in refs_of(entries) if found not in self._visited]
        if (obj.get("spec") or {}).get("kubeConfig"):
            elsewhere = HealthReport(Health.UNKNOWN, "on another cluster")
            return Member(ref, self._health(obj), [Member(item, elsewhere) for item in refs])
        live = await self._read(refs, obj)
        descendants = await self._descendants(live.values())
        members = [await self._member(item, live.get(item), descendants) for item in refs]
        return Member(ref, self._health(obj), members)

    async def _member(
        self, ref: ObjectRef, obj: Manifest | None, descendants: Mapping[str, list[Manifest]]
    ) -> Member:
        if obj is None:
            return Member(ref, report(Result(Status.NOT_FOUND, "not found")))
        if any(kind.role == "delivery" and kind.gvk == ref.gvk for kind in KINDS):
            return await self._delivery(obj)
        return self._with_descendants(obj, descendants)

    def _with_descendants(self, obj: Manifest, descendants: Mapping[str, list[Manifest]]) -> Member:
        children = sorted(
            descendants.get(obj["metadata"]["uid"], ()), key=lambda o: str(o["metadata"]["name"])
        )
        members = [self._with_descendants(child, descendants) for child in children]
        return Member(ObjectRef.of(obj), self._health(obj), members)

    def _health(self, obj: Manifest) -> HealthReport:
        if is_suspended(obj) and ObjectRef.of(obj) in self._visited:
            return HealthReport(Health.SUSPENDED, ready(obj)[1])
        return report(health(obj, self._now))

    async def _read(
        self, refs: Iterable[ObjectRef], delivery: Manifest
    ) -> dict[ObjectRef, Manifest]:
        """The live objects among ``refs``; many of one kind are listed by their owner's labels."""
        by_kind: dict[GroupVersionKind, list[ObjectRef]] = {}
        for ref in refs:
            by_kind.setdefault(ref.gvk, []).append(ref)
        meta = delivery["metadata"]
        selector = f"{OWNER_NAME_LABEL}={meta['name']},{OWNER_NAMESPACE_LABEL}={meta['namespace']}"
        many = [gvk for gvk, members in by_kind.items() if len(members) >= _LIST_FROM]
        listed = await asyncio.gather(*(self._list(gvk, labels=selector) for gvk in many))
        live = {ObjectRef.of(obj): obj for objects in listed for obj in objects}
        # What lost its label is still there: whatever the lists lack is read by name.
        rest = [ref for members in by_kind.values() for ref in members if ref not in live]
        found = await asyncio.gather(*(self._client.find(ref) for ref in rest))
        return live | {ref: obj for ref, obj in zip(rest, found, strict=True) if obj is not None}

    async def _descendants(self, live: Iterable[Manifest]) -> dict[str, list[Manifest]]:
        """Objects by the uid of their owner, of the kinds that the live workloads bring about."""
        wanted = {
            (gvk, ref.namespace)
            for ref in map(ObjectRef.of, live)
            for gvk in _CHILDREN.get(ref.group_kind, ())
        }
        listed = await asyncio.gather(*(self._list(gvk, place) for gvk, place in sorted(wanted)))
        by_owner: dict[str, list[Manifest]] = {}
        for obj in (obj for objects in listed for obj in objects if not _is_retired(obj)):
            for owner in obj["metadata"].get("ownerReferences") or ():
                by_owner.setdefault(owner["uid"], []).append(obj)
        return by_owner

    async def _list(
        self, gvk: GroupVersionKind, namespace: str = "", *, labels: str = ""
    ) -> list[Manifest]:
        try:
            return (await self._client.list(gvk, namespace, label_selector=labels)).items
        except (NotFound, Forbidden):
            return []


def _is_retired(obj: Manifest) -> bool:
    """A ReplicaSet of an earlier rollout, kept for going back."""
    replicas = (obj.get("spec") or {}).get("replicas")
    return bool(obj["kind"] == "ReplicaSet" and replicas == 0)
