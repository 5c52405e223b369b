"""The garbage collector: what has lost all its owners goes; what waits for dependents is freed.

https://kubernetes.io/docs/concepts/architecture/garbage-collection/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from trueup.cluster import WorkQueue
from trueup.controlplane.housekeeping.graph import Graph, Item
from trueup.controlplane.housekeeping.objects import Objects
from trueup.controlplane.registry.deleting import FOREGROUND, ORPHAN, DeleteOptions
from trueup.controlplane.registry.registry import Registry
from trueup.objects import Manifest

_USER = "system:serviceaccount:kube-system:generic-garbage-collector"
_WORKERS = 8

Ref = dict[str, Any]


class _Owners(NamedTuple):
    """An object's owner references by what became of the owners."""

    solid: list[Ref]
    absent: list[Ref]
    waiting: list[Ref]
    """Owners that are deleted once their dependents are."""
    unknown: list[Ref]
    """Owners of a kind that is not served, or that cannot own this object: nobody can tell."""


class GarbageCollector:
    """Deletes what no owner holds any more, and waits for dependents where it must."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._objects = Objects(registry, _USER)
        self._graph = Graph()
        self._queue: WorkQueue[Item] = WorkQueue()
        registry.rules.listen_to_all(self._written, self._removed)

    async def run(self) -> None:
        self._resume()
        await self._queue.run(self._check, workers=_WORKERS)

    def _resume(self) -> None:
        """Look at everything with an owner, and at what was being deleted."""
        for bucket in self._registry.store.bucket_names():
            for entry in self._registry.store.bucket(bucket).entries():
                if b'"ownerReferences"' in entry.data or b'"deletionTimestamp"' in entry.data:
                    item = Item(bucket, entry.key)
                    obj = self._objects.get(item)
                    if obj is not None:
                        self._graph.put(item, _uids(_refs(obj)))
                        self._queue.add(item)

    def _written(self, bucket: str, obj: Manifest) -> None:
        item = Item(bucket, _key(obj))
        moved = self._graph.put(item, _uids(_refs(obj)))
        if moved or obj["metadata"].get("deletionTimestamp"):
            self._queue.add(item)

    def _removed(self, bucket: str, obj: Manifest) -> None:
        self._graph.drop(Item(bucket, _key(obj)))
        for dependent in self._graph.dependents(obj["metadata"]["uid"]):
            self._queue.add(dependent)
        for ref in _refs(obj):
            owner = self._owner(ref, obj)
            if owner is not None:
                self._queue.add(owner)

    async def _check(self, item: Item) -> None:
        obj = self._objects.get(item)
        if obj is None:
            return
        finalizers = obj["metadata"].get("finalizers") or ()
        if not obj["metadata"].get("deletionTimestamp"):
            await self._collect(item, obj)
        elif ORPHAN in finalizers:
            await self._orphan_dependents(item, obj)
        elif FOREGROUND in finalizers:
            await self._await_dependents(item, obj)

    async def _collect(self, item: Item, obj: Manifest) -> None:
        owners = self._owners(obj)
        if owners.solid or owners.unknown:
            if owners.solid and (owners.absent or owners.waiting):
                await self._drop_refs(item, _uids([*owners.absent, *owners.waiting]))
        elif owners.waiting and self._graph.dependents(obj["metadata"]["uid"]):
            await self._delete(item, obj, "Foreground")
        elif owners.waiting or owners.absent:
            await self._delete(item, obj, _own_policy(obj))

    async def _delete(self, item: Item, obj: Manifest, policy: str) -> None:
        metadata = obj["metadata"]
        revision = metadata["resourceVersion"]
        options = DeleteOptions(policy=policy, uid=metadata["uid"], revision=revision)
        await self._objects.delete(item, options)

    async def _orphan_dependents(self, item: Item, obj: Manifest) -> None:
        uid = obj["metadata"]["uid"]
        for dependent in self._graph.dependents(uid):
            await self._drop_refs(dependent, {uid})
        await self._drop_finalizer(item, ORPHAN)

    async def _await_dependents(self, item: Item, obj: Manifest) -> None:
        """Delete what depends on ``obj``; free it once nothing is left that may block it."""
        uid = obj["metadata"]["uid"]
        blocked = False
        for dependent in self._graph.dependents(uid):
            found = self._objects.get(dependent)
            if found is None:
                continue
            if any(ref["uid"] == uid and ref.get("blockOwnerDeletion") for ref in _refs(found)):
                blocked = True
                if not found["metadata"].get("deletionTimestamp"):
                    self._queue.add(dependent)
        if not blocked:
            await self._drop_finalizer(item, FOREGROUND)

    async def _drop_refs(self, item: Item, uids: set[str]) -> None:
        def without(live: Manifest) -> Manifest:
            kept = [ref for ref in _refs(live) if ref["uid"] not in uids]
            return _with_list(live, "ownerReferences", kept)

        await self._objects.update(item, without)

    async def _drop_finalizer(self, item: Item, name: str) -> None:
        def without(live: Manifest) -> Manifest:
            kept = [f for f in live["metadata"].get("finalizers") or () if f != name]
            return _with_list(live, "finalizers", kept)

        await self._objects.update(item, without)

    def _owners(self, obj: Manifest) -> _Owners:
        found = _Owners([], [], [], [])
        for ref in _refs(obj):
            owner = self._owner(ref, obj)
            if owner is None:
                found.unknown.append(ref)
                continue
            live = self._objects.get(owner)
            if live is None or live["metadata"]["uid"] != ref["uid"]:
                found.absent.append(ref)
            elif _awaits_dependents(live):
                found.waiting.append(ref)
            else:
                found.solid.append(ref)
        return found

    def _owner(self, ref: Ref, obj: Manifest) -> Item | None:
        """Where the owner must lie: beside the dependent, or outside all namespaces."""
        group, _, _ = str(ref.get("apiVersion") or "").rpartition("/")
        resource = self._registry.catalog.of_kind(group, str(ref.get("kind")))
        namespace = str(obj["metadata"].get("namespace") or "")
        if resource is None or (resource.namespaced and not namespace):
            return None
        return Item(resource.bucket, resource.key(namespace, str(ref.get("name"))))


def _key(obj: Manifest) -> str:
    namespace, name = obj["metadata"].get("namespace"), obj["metadata"]["name"]
    return f"{namespace}/{name}" if namespace else str(name)


def _refs(obj: Manifest) -> list[Ref]:
    return obj["metadata"].get("ownerReferences") or []


def _uids(refs: Iterable[Ref]) -> set[str]:
    return {str(ref["uid"]) for ref in refs}


def _awaits_dependents(obj: Manifest) -> bool:
    metadata = obj["metadata"]
    return bool(metadata.get("deletionTimestamp")) and FOREGROUND in (
        metadata.get("finalizers") or ()
    )


def _own_policy(obj: Manifest) -> str:
    finalizers = obj["metadata"].get("finalizers") or ()
    if ORPHAN in finalizers:
        return "Orphan"
    return "Foreground" if FOREGROUND in finalizers else "Background"


def _with_list(obj: Manifest, name: str, items: list[Any]) -> Manifest:
    if items:
        obj["metadata"][name] = items
    else:
        obj["metadata"].pop(name, None)
    return obj
