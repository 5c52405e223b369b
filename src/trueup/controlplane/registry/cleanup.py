"""What follows when a CustomResourceDefinition changes or goes.

A deleted one takes its objects along before it goes; names that one gives up are another's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.registry import definitions
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.deleting import DeleteOptions, Deleter
from trueup.controlplane.registry.writing import Writer
from trueup.controlplane.resources import Catalog, Resource
from trueup.controlplane.store import Store
from trueup.errors import TrueupError
from trueup.objects import Manifest

_log = logging.getLogger(__name__)
_FINALIZER = User("system:apiserver", groups=(MASTERS,))


class Cleanup:
    """Listens to definitions; one task per definition that is on its way out."""

    def __init__(self, store: Store, catalog: Catalog, writer: Writer, deleter: Deleter) -> None:
        self._store = store
        self._catalog = catalog
        self._writer = writer
        self._deleter = deleter
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def written(self, definition: Manifest) -> None:
        """Serve a definition, and begin to clean up after one that is being deleted."""
        definitions.serve(definition, self._catalog)
        metadata = definition["metadata"]
        name = metadata["name"]
        held = definitions.CLEANUP in metadata.get("finalizers", ())
        if metadata.get("deletionTimestamp") and held and name not in self._tasks:
            self._begin(name, self._clean(name))
        self._reconsider_others(definition)

    def removed(self, definition: Manifest) -> None:
        self._catalog.undefine(definition["metadata"]["name"])
        self._reconsider_others(definition)

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    def _reconsider_others(self, definition: Manifest) -> None:
        """Others of the group whose names were not accepted may have them now."""
        group, own = definition["spec"]["group"], definition["metadata"]["name"]
        for entry in self._store.bucket(definitions.BUCKET).entries():
            other = decode(entry)
            name = other["metadata"]["name"]
            waits = other["spec"]["group"] == group and definitions.is_refused(other)
            if waits and name != own and name not in self._tasks:
                self._begin(name, self._reconsider(name))

    async def _reconsider(self, name: str) -> None:
        try:
            if self._store.latest(definitions.BUCKET, name) is not None:
                await self._writer.update(self._call(name), lambda live: live)
        except TrueupError as error:
            _log.warning("the names of %s were not considered again: %s", name, error)

    async def close(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _clean(self, name: str) -> None:
        try:
            resources = self._catalog.defined_by(name)
            if resources:
                await self._remove_objects(resources[0])
            await self._release(name)
        except TrueupError as error:
            _log.warning("cleanup of %s failed: %s", name, error)
        except Exception:  # a defect, which nobody else would see
            _log.exception("cleanup of %s failed", name)

    async def _remove_objects(self, resource: Resource) -> None:
        """Delete every object, then wait for those that a finalizer holds."""
        bucket = self._store.bucket(resource.bucket)
        watch = bucket.watch("", self._store.revision)
        try:
            for entry in list(bucket.entries()):
                namespace, _, name = entry.key.rpartition("/")
                call = Call(resource, _FINALIZER, namespace, name, exempt=True)
                await self._deleter.delete(call, DeleteOptions())
            while len(bucket) and not watch.closed:
                await watch.wait_changes(None)
        finally:
            bucket.unwatch(watch)

    async def _release(self, name: str) -> None:
        def release(live: Manifest) -> Manifest:
            kept = [f for f in live["metadata"].get("finalizers", ()) if f != definitions.CLEANUP]
            live["metadata"]["finalizers"] = kept
            return live

        if self._store.latest(definitions.BUCKET, name) is not None:
            await self._writer.update(self._call(name), release)

    def _call(self, name: str) -> Call:
        resource = self._catalog.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")
        assert resource is not None
        return Call(resource, _FINALIZER, name=name, manager="kube-apiserver", exempt=True)

    def resume(self) -> None:
        """Go on with what a restart interrupted."""
        for entry in self._store.bucket(definitions.BUCKET).entries():
            self.written(decode(entry))
