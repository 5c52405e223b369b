"""Built-in admission: what must be true of the world, not of the object, before a write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import orjson

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.pods import complete_pod
from trueup.controlplane.registry.refusals import forbidden
from trueup.controlplane.store import Store
from trueup.errors import NotFound
from trueup.objects import Manifest

IMMORTAL_NAMESPACES = ("default", "kube-system", "kube-public")
"""Namespaces that cannot be deleted."""

_UNPERSISTED = ("authorization.k8s.io", "authentication.k8s.io")


Guard: TypeAlias = Callable[[Call, Manifest, Manifest | None], None]
"""Given a write, the new object and the live one; raises what speaks against it."""


class Admission:
    """Nothing is created in a namespace that is missing or terminating; pods are completed.

    ``guards`` are asked about every creation and update.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.guards: list[Guard] = []

    def update(self, call: Call, new: Manifest, old: Manifest) -> None:
        for guard in self.guards:
            guard(call, new, old)

    def create(self, call: Call, obj: Manifest) -> None:
        self._require_namespace(call, obj)
        if call.resource.bucket == "/pods":
            complete_pod(call, obj, self._store)
        for guard in self.guards:
            guard(call, obj, None)

    def _require_namespace(self, call: Call, obj: Manifest) -> None:
        if not call.resource.namespaced or call.resource.group in _UNPERSISTED:
            return
        entry = self._store.latest("/namespaces", call.namespace)
        if entry is None:
            details = {"name": call.namespace, "kind": "namespaces"}
            raise NotFound(f'namespaces "{call.namespace}" not found', details=details)
        if b'"deletionTimestamp"' not in entry.data:
            return
        metadata = orjson.loads(entry.data)["metadata"]
        if metadata.get("deletionTimestamp"):
            raise self._terminating(call, str(obj["metadata"].get("name") or ""), metadata)

    def delete(self, call: Call) -> None:
        if call.resource.bucket == "/namespaces" and call.name in IMMORTAL_NAMESPACES:
            raise forbidden(call.resource, call.name, "this namespace may not be deleted")

    def _terminating(self, call: Call, name: str, namespace: Manifest) -> Exception:
        cause = f"unable to create new content in namespace {call.namespace} because it is being terminated"
        error = forbidden(call.resource, name, cause)
        error.details["causes"] = [
            {
                "reason": "NamespaceTerminating",
                "message": f"namespace {call.namespace} is being terminated",
                "field": "metadata.namespace",
            }
        ]
        return error
