"""What the simulation knows of the cluster: each kind's objects, compact, true by watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from trueup.cluster import Client, Informer
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An object as bytes, with what is needed to find it: so a large world costs little memory."""

    uid: str
    owner: tuple[str, str, str] | None
    """Kind, name and uid of the controlling owner."""
    labels: Mapping[str, str]
    data: bytes

    def manifest(self) -> Manifest:
        obj: Manifest = orjson.loads(self.data)
        return obj


Listener: TypeAlias = Callable[[ObjectRef, Snapshot | None, Snapshot | None], None]
"""Told of an object before and after a change."""


def snapshot(obj: Mapping[str, Any]) -> Snapshot:
    """``obj`` without what no controller reads: who owns which field, and its version."""
    metadata = {
        k: v for k, v in obj["metadata"].items() if k not in ("managedFields", "resourceVersion")
    }
    if _LAST_APPLIED in (metadata.get("annotations") or {}):
        kept = {k: v for k, v in metadata["annotations"].items() if k != _LAST_APPLIED}
        metadata["annotations"] = kept
    data = orjson.dumps({**obj, "metadata": metadata})
    return Snapshot(
        metadata["uid"],
        controller_of(obj),
        metadata.get("labels") or {},
        bytes(memoryview(data)),  # what orjson returns is over-allocated, and this is kept
    )


def controller_of(obj: Mapping[str, Any]) -> tuple[str, str, str] | None:
    for owner in obj["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            return owner["kind"], owner["name"], owner["uid"]
    return None


class _Kind:
    """The objects of one kind, found by owner and by namespace."""

    def __init__(self, client: Client, gvk: GroupVersionKind) -> None:
        self.listeners: list[Listener] = []
        self.by_owner: dict[str, set[ObjectRef]] = {}
        self.by_namespace: dict[str, set[ObjectRef]] = {}
        self.informer: Informer[Snapshot] = Informer(client, gvk, snapshot, on_change=self._changed)

    def _changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        if before is not None:
            _discard(self.by_owner, _owner_key(ref, before), ref)
        if now is None:
            _discard(self.by_namespace, ref.namespace, ref)
        else:
            self.by_namespace.setdefault(ref.namespace, set()).add(ref)
            self.by_owner.setdefault(_owner_key(ref, now), set()).add(ref)
        for listener in self.listeners:
            listener(ref, before, now)


def _owner_key(ref: ObjectRef, seen: Snapshot) -> str:
    return seen.owner[2] if seen.owner else _orphans_of(ref.namespace)


def _orphans_of(namespace: str) -> str:
    """No uid looks like this."""
    return f"in {namespace}"


def _discard(index: dict[str, set[ObjectRef]], key: str, ref: ObjectRef) -> None:
    refs = index.get(key)
    if refs is not None:
        refs.discard(ref)
        if not refs:
            del index[key]


class World:
    """Reads come from memory; they include what the simulation itself has just written."""

    def __init__(self, client: Client, kinds: Iterable[GroupVersionKind]) -> None:
        self._kinds = {gvk.group_kind: _Kind(client, gvk) for gvk in kinds}

    def listen(self, gvk: GroupVersionKind, listener: Listener) -> None:
        self._kinds[gvk.group_kind].listeners.append(listener)

    async def run(self) -> None:
        """Watch for ever."""
        async with asyncio.TaskGroup() as group:
            for kind in self._kinds.values():
                group.create_task(kind.informer.run())

    async def wait_synced(self) -> None:
        for kind in self._kinds.values():
            await kind.informer.wait_synced()

    def learn(self, obj: Manifest) -> None:
        """Take note of what the server just answered, ahead of its watch event."""
        gvk = GroupVersionKind.of(obj.get("apiVersion", ""), obj.get("kind", ""))
        kind = self._kinds.get(gvk.group_kind)
        if kind is not None:
            kind.informer.learn(obj)

    def get(self, ref: ObjectRef) -> Manifest | None:
        found = self.snapshot(ref)
        return found.manifest() if found else None

    def snapshot(self, ref: ObjectRef) -> Snapshot | None:
        return self._kinds[ref.group_kind].informer.get(ref)

    def refs(self, gvk: GroupVersionKind, namespace: str | None = None) -> list[ObjectRef]:
        """Of all objects of a kind, in ``namespace`` or anywhere."""
        kind = self._kinds[gvk.group_kind]
        if namespace is None:
            return [ref for ref, _ in kind.informer]
        return list(kind.by_namespace.get(namespace, ()))

    def owned(self, gvk: GroupVersionKind, uid: str) -> list[Manifest]:
        """The objects whose controlling owner has ``uid``, by name."""
        kind = self._kinds[gvk.group_kind]
        return self._manifests(kind, sorted(kind.by_owner.get(uid, ())))

    def orphans(self, gvk: GroupVersionKind, namespace: str) -> list[Manifest]:
        """The objects in ``namespace`` that nobody controls, by name."""
        return self.owned(gvk, _orphans_of(namespace))

    def matching(
        self, gvk: GroupVersionKind, namespace: str, test: Callable[[Snapshot], bool]
    ) -> list[Manifest]:
        """The objects in ``namespace`` that pass ``test``, by name."""
        kind = self._kinds[gvk.group_kind]
        found = []
        for ref in sorted(kind.by_namespace.get(namespace, ())):
            seen = kind.informer.get(ref)
            if seen is not None and test(seen):
                found.append(seen.manifest())
        return found

    def all(self, gvk: GroupVersionKind) -> list[Manifest]:
        return [seen.manifest() for _, seen in self._kinds[gvk.group_kind].informer]

    @staticmethod
    def _manifests(kind: _Kind, refs: Iterable[ObjectRef]) -> list[Manifest]:
        seen = [kind.informer.get(ref) for ref in refs]
        return [s.manifest() for s in seen if s is not None]
