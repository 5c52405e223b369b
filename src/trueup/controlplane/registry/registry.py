"""The registry: everything that can be done to stored objects, in one place to reach it from."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.admission import Admission
from trueup.controlplane.registry.bodies import object_of
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.deleting import Deleter
from trueup.controlplane.registry.kinds import Rules
from trueup.controlplane.registry.listing import Lister
from trueup.controlplane.registry.writing import Writer
from trueup.controlplane.resources import Catalog, Resource
from trueup.controlplane.store import Entry, Store
from trueup.objects import Manifest


class Registry:
    """``writer``, ``deleter`` and ``lister`` do the verbs; ``rules`` know the kinds."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self.store = store
        self.catalog = catalog
        admission = Admission(store, catalog)
        self.rules = Rules(admission)
        self.writer = Writer(store, self.rules)
        self.deleter = Deleter(store, self.rules, admission)
        self.lister = Lister(store)

    def get(self, resource: Resource, namespace: str, name: str) -> Entry:
        """NotFound if there is none."""
        entry = self.store.bucket(resource.bucket).get(resource.key(namespace, name))
        if entry is None:
            raise refusals.not_found(resource, name)
        return entry

    async def update(self, call: Call, body: Any) -> Entry:
        """Replace an object, or its subresource of the same kind, by ``body``."""
        obj = object_of(body, call, call.resource.gvk)

        def replace(live: Manifest) -> Manifest:
            return obj

        return await self.writer.update(call, replace)
