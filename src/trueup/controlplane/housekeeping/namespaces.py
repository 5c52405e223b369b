"""The namespace controller: a namespace that is being deleted is emptied, then let go."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from trueup.cluster import WorkQueue
from trueup.controlplane.housekeeping.graph import Item
from trueup.controlplane.housekeeping.objects import Objects
from trueup.controlplane.registry.deleting import DeleteOptions
from trueup.controlplane.registry.metadata import now_text
from trueup.controlplane.registry.registry import Registry
from trueup.controlplane.resources import Resource
from trueup.objects import Manifest

_BUCKET = "/namespaces"
_USER = "system:serviceaccount:kube-system:namespace-controller"
_FINALIZER = "kubernetes"


class _Remaining(NamedTuple):
    """What is still there, counted by ``pods.`` or ``deployments.apps``, and by finalizer."""

    objects: Counter[str]
    finalizers: Counter[str]


class Namespaces:
    """Empties namespaces that are being deleted, and lets them go."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._objects = Objects(registry, _USER)
        self._queue: WorkQueue[str] = WorkQueue()
        self._ending: set[str] = set()
        registry.rules.listen_to_all(self._written, self._removed)

    async def run(self) -> None:
        for entry in self._registry.store.bucket(_BUCKET).entries():
            found = self._objects.get(Item(_BUCKET, entry.key))
            if found is not None:
                self._written(_BUCKET, found)
        await self._queue.run(self._end, workers=2)

    def _written(self, bucket: str, obj: Manifest) -> None:
        if bucket == _BUCKET and obj["metadata"].get("deletionTimestamp"):
            self._ending.add(obj["metadata"]["name"])
            self._queue.add(obj["metadata"]["name"])

    def _removed(self, bucket: str, obj: Manifest) -> None:
        if bucket == _BUCKET:
            self._ending.discard(obj["metadata"]["name"])
        elif obj["metadata"].get("namespace") in self._ending:
            self._queue.add(obj["metadata"]["namespace"])

    async def _end(self, name: str) -> None:
        namespace = self._objects.get(Item(_BUCKET, name))
        if namespace is None or not namespace["metadata"].get("deletionTimestamp"):
            return
        if _FINALIZER not in (namespace["spec"].get("finalizers") or ()):
            return
        await self._empty(name)
        remaining = self._remaining(name)
        await self._tell(name, remaining)
        if not remaining.objects:
            await self._objects.update(Item(_BUCKET, name), _released, "finalize")

    async def _empty(self, name: str) -> None:
        for resource in self._resources():
            for entry in list(self._registry.store.bucket(resource.bucket).entries(f"{name}/")):
                if b'"deletionTimestamp"' not in entry.data:
                    policy = DeleteOptions(policy="Background")
                    await self._objects.delete(Item(resource.bucket, entry.key), policy)

    def _remaining(self, name: str) -> _Remaining:
        found = _Remaining(Counter(), Counter())
        for resource in self._resources():
            for entry in self._registry.store.bucket(resource.bucket).entries(f"{name}/"):
                obj = self._objects.get(Item(resource.bucket, entry.key))
                if obj is not None:
                    found.objects[f"{resource.plural}.{resource.group}"] += 1
                    found.finalizers.update(obj["metadata"].get("finalizers") or ())
        return found

    def _resources(self) -> list[Resource]:
        """One for each bucket of namespaced objects."""
        served = {r.bucket: r for r in self._registry.catalog if r.namespaced}
        return [
            served[bucket] for bucket in self._registry.store.bucket_names() if bucket in served
        ]

    async def _tell(self, name: str, remaining: _Remaining) -> None:
        def told(live: Manifest) -> Manifest:
            status = live["status"] = {**(live.get("status") or {}), "phase": "Terminating"}
            present = {c["type"]: c for c in status.get("conditions") or ()}
            status["conditions"] = [_kept(present, c) for c in _conditions(remaining)]
            return live

        await self._objects.update(Item(_BUCKET, name), told, "status")


def _released(namespace: Manifest) -> Manifest:
    kept = [f for f in namespace["spec"].get("finalizers") or () if f != _FINALIZER]
    return {**namespace, "spec": {"finalizers": kept} if kept else {}}


def _kept(present: dict[str, Manifest], wanted: Manifest) -> Manifest:
    """``wanted``, with the time of the last transition where the status is the same."""
    before = present.get(wanted["type"])
    same = before is not None and before["status"] == wanted["status"]
    moment = before["lastTransitionTime"] if before is not None and same else now_text()
    return {"lastTransitionTime": moment, **wanted}


def _conditions(remaining: _Remaining) -> list[Manifest]:
    resources = [
        f"{kind} has {n} resource instances" for kind, n in sorted(remaining.objects.items())
    ]
    held = [f"{name} in {n} resource instances" for name, n in sorted(remaining.finalizers.items())]
    return [
        _false(
            "NamespaceDeletionDiscoveryFailure",
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        _false(
            "NamespaceDeletionGroupVersionParsingFailure",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        _false(
            "NamespaceDeletionContentFailure",
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        _true(
            "NamespaceContentRemaining",
            "SomeResourcesRemain",
            f"Some resources are remaining: {', '.join(resources)}",
        )
        if resources
        else _false(
            "NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"
        ),
        _true(
            "NamespaceFinalizersRemaining",
            "SomeFinalizersRemain",
            f"Some content in the namespace has finalizers remaining: {', '.join(held)}",
        )
        if held
        else _false(
            "NamespaceFinalizersRemaining",
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished",
        ),
    ]


def _true(kind: str, reason: str, message: str) -> Manifest:
    return {"type": kind, "status": "True", "reason": reason, "message": message}


def _false(kind: str, reason: str, message: str) -> Manifest:
    return {"type": kind, "status": "False", "reason": reason, "message": message}
