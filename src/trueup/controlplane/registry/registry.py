"""The registry: everything that can be done to stored objects, in one place to reach it from."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.admission.chain import Chain
from trueup.controlplane.registry import definitions, refusals
from trueup.controlplane.registry.admission import Admission
from trueup.controlplane.registry.bodies import require_name, require_namespace
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.cleanup import Cleanup
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.deleting import Deleter
from trueup.controlplane.registry.kinds import SERVICES, Rules
from trueup.controlplane.registry.listing import Lister
from trueup.controlplane.registry.ownership import record_update
from trueup.controlplane.registry.patching import Patcher
from trueup.controlplane.registry.updating import may_create_by_update
from trueup.controlplane.registry.writing import Writer, Written, forget_version
from trueup.controlplane.resources import Catalog, Resource
from trueup.controlplane.store import Entry, Store
from trueup.objects import Manifest
from trueup.objects.manifest import copy


class Registry:
    """``writer``, ``deleter`` and ``lister`` do the verbs; ``rules`` know the kinds."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self.store = store
        self.catalog = catalog
        self.rules = Rules(store, catalog)
        self.admission = admission = Admission(store, Chain(store, catalog, self.rules))
        self.writer = Writer(store, self.rules, admission)
        self.deleter = Deleter(store, self.rules, admission)
        self.lister = Lister(store)
        self.patcher = Patcher(store, self.rules, self.writer)
        self.cleanup = Cleanup(store, catalog, self.writer, self.deleter)
        self.rules.listen(definitions.BUCKET, self.cleanup.written, self.cleanup.removed)

    def resume(self) -> None:
        """After a start: learn what is in use, serve what is defined, finish what was begun."""
        for entry in self.store.bucket(SERVICES).entries():
            self.rules.observe(SERVICES, decode(entry))
        self.cleanup.resume()

    def get(self, resource: Resource, namespace: str, name: str) -> Entry:
        """NotFound if there is none."""
        refusals.require_path_name(name)
        entry = self.store.bucket(resource.bucket).get(resource.key(namespace, name))
        if entry is None:
            raise refusals.not_found(resource, name)
        return entry

    async def update(self, call: Call, body: Any) -> Written:
        """Replace an object, or its subresource of the same kind, by ``body``.

        NotFound, unless the kind is one whose objects an update may create.
        """
        obj = self.rules.decode(call, body)
        require_namespace(obj, call)
        require_name(obj["metadata"], call.name)
        if self._is_creation(call):
            if uid := obj["metadata"].get("uid"):
                raise refusals.other_uid(
                    call.resource, call.name, uid, found="", namespace=call.namespace
                )
            forget_version(call, obj)
            return Written(await self.writer.create_decoded(call, obj), created=True)

        def change(live: Manifest) -> Manifest:
            new = copy(obj) if self.writer.may_repeat else obj
            return record_update(self.rules.schema(call.resource), live, new, call)

        return Written(await self.writer.update(call, change, owned=True), created=False)

    def _is_creation(self, call: Call) -> bool:
        is_absent = self.store.latest(call.resource.bucket, call.key) is None
        return is_absent and may_create_by_update(call.resource)
