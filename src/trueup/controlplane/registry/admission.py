"""Admission: what must be true of the world, not of the object, before a write.

This is what the server itself demands; what users configure is in ``controlplane/admission``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import orjson

from trueup.controlplane.admission.attributes import (
    CREATE,
    DELETE,
    UPDATE,
    attributes_of,
    kind_of,
)
from trueup.controlplane.admission.chain import Chain
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.definitions import BUCKET as DEFINITIONS
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

    ``guards`` are asked about every creation and update; ``chain`` is what users configured.
    """

    def __init__(self, store: Store, chain: Chain) -> None:
        self._store = store
        self.chain = chain
        self.guards: list[Guard] = []

    async def create(self, call: Call, obj: Manifest) -> Manifest:
        """``obj`` as it is to be created, before it has a uid or a generated name."""
        self._require_definition(call, obj)
        self._require_namespace(call, obj)
        self._complete(call, obj)
        if call.exempt or self.chain.is_idle:
            return obj
        attributes = attributes_of(call, CREATE, obj)
        await self.chain.mutate(attributes, lambda: self._complete(call, attributes.obj or obj))
        return attributes.obj or obj

    async def update(self, call: Call, new: Manifest, old: Manifest) -> Manifest:
        """``new`` as it is to replace ``old``; both may be parts of an object."""
        if call.exempt or self.chain.is_idle:
            return new
        attributes = attributes_of(call, UPDATE, new, old, kind_of(new))
        await self.chain.mutate(attributes)
        return attributes.obj or new

    def guard(self, call: Call, new: Manifest, old: Manifest | None = None) -> None:
        for guard in self.guards:
            guard(call, new, old)

    async def validate(self, call: Call, new: Manifest, old: Manifest | None = None) -> None:
        """Raises what is against writing ``new``, which is complete now."""
        if call.exempt or self.chain.is_idle:
            return
        operation = CREATE if old is None else UPDATE
        await self.chain.validate(attributes_of(call, operation, new, old, kind_of(new)))

    async def create_part(self, call: Call, part: Manifest) -> Manifest:
        """As ``create`` and ``validate`` for what is sent to a subresource and not kept as such.

        What becomes of it is the server's own doing.
        """
        if not (call.exempt or self.chain.is_idle):
            attributes = attributes_of(call, CREATE, part, kind=kind_of(part))
            await self.chain.mutate(attributes)
            await self.chain.validate(attributes)
            part = attributes.obj or part
        call.exempt = True
        return part

    async def delete(self, call: Call, read: Callable[[], Manifest]) -> None:
        """Raises what is against the deletion of the object that ``read`` gives."""
        if call.exempt or self.chain.is_idle:
            return
        attributes = attributes_of(call, DELETE, None, read())
        await self.chain.mutate(attributes)
        await self.chain.validate(attributes)

    def require_mortal(self, call: Call) -> None:
        if call.resource.bucket == "/namespaces" and call.name in IMMORTAL_NAMESPACES:
            raise forbidden(call.resource, call.name, "this namespace may not be deleted")

    def _complete(self, call: Call, obj: Manifest) -> None:
        if call.resource.bucket == "/pods" and not call.subresource:
            complete_pod(call, obj, self._store)

    def _require_definition(self, call: Call, obj: Manifest) -> None:
        """A kind that is on its way out takes nothing new in."""
        custom = call.resource.custom
        entry = self._store.latest(DEFINITIONS, custom.definition) if custom else None
        if entry is None or b'"deletionTimestamp"' not in entry.data:
            return
        if orjson.loads(entry.data)["metadata"].get("deletionTimestamp"):
            cause = "create not allowed while custom resource definition is terminating"
            raise forbidden(call.resource, str(obj["metadata"].get("name") or ""), cause)

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
            raise self._terminating(call, _shown_name(obj), metadata)

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


def _shown_name(obj: Manifest) -> str:
    metadata = obj["metadata"]
    return str(metadata.get("name") or metadata.get("generateName") or "Unknown")
