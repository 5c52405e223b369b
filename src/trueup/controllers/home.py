"""The cluster that Trueup's own resources live on: reading them, and writing their status."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.errors import NotFound, TrueupError, place_of
from trueup.merge.jsonmerge import patch_between
from trueup.objects import Manifest, ObjectRef
from trueup.objects.manifest import copy
from trueup.report.events import event

log = logging.getLogger(__name__)

_PENDING_EVENTS = 1000
"""Events that wait to be written; beyond that the newest are dropped, with a log line."""

_EVENTS_AT_ONCE = 16


class Home:
    """Status, finalizers and events of Trueup's own resources."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self.client = client
        self.clock = clock
        self._written: dict[ObjectRef, tuple[str, Manifest]] = {}
        self._events: asyncio.Queue[Manifest] = asyncio.Queue(_PENDING_EVENTS)

    def status_of(self, resource: Mapping[str, Any]) -> Manifest:
        """The status as we last wrote it, which the watch may not have shown yet."""
        uid, status = self._written.get(ObjectRef.of(resource), ("", {}))
        if uid == resource["metadata"].get("uid"):
            return status
        found: Manifest = copy(resource.get("status") or {})
        return found

    async def write_status(
        self, resource: Mapping[str, Any], status: Manifest, *, manager: str
    ) -> None:
        """Make the status ``status``; no call if it is that already."""
        before = self.status_of(resource)
        patch = patch_between(before, status)
        if not patch:
            return
        ref = ObjectRef.of(resource)
        try:
            await self.client.patch(
                ref, {"status": patch}, field_manager=manager, subresource="status"
            )
        except NotFound:
            return  # deleted meanwhile: there is nobody to tell
        self._written[ref] = (resource["metadata"].get("uid", ""), status)

    async def write_finalizers(
        self, resource: Mapping[str, Any], finalizers: list[str], *, manager: str
    ) -> None:
        """Set the finalizers, unless somebody changed the resource since ``resource`` was read."""
        meta = resource["metadata"]
        patch = {
            "metadata": {
                "finalizers": finalizers,
                "uid": meta.get("uid"),
                "resourceVersion": meta.get("resourceVersion"),
            }
        }
        try:
            await self.client.patch(ObjectRef.of(resource), patch, field_manager=manager)
        except NotFound:
            return

    def forget(self, ref: ObjectRef) -> None:
        self._written.pop(ref, None)

    def say(
        self,
        about: Mapping[str, Any],
        reason: str,
        message: str,
        *,
        component: str,
        warning: bool = False,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """Queue an Event: telling never holds up doing."""
        item = event(
            about,
            reason,
            message,
            component=component,
            now=self.clock.now(),
            warning=warning,
            annotations=annotations,
        )
        log.info("%s %s: %s", ObjectRef.of(about), reason, item["message"])
        try:
            self._events.put_nowait(item)
        except asyncio.QueueFull:
            log.warning("too many events at once; one about %s is lost", ObjectRef.of(about))

    async def write_events(self) -> None:
        """Write queued Events for ever, those that wait together side by side."""
        while True:
            items = [await self._events.get()]
            while len(items) < _EVENTS_AT_ONCE and not self._events.empty():
                items.append(self._events.get_nowait())
            await asyncio.gather(*map(self._write_event, items))

    async def _write_event(self, item: Manifest) -> None:
        try:
            await self.client.create(item, field_manager=item["reportingComponent"])
        except TrueupError as error:
            log.debug("event not written: %s", error)
        except Exception as error:  # a defect: the other Events are still to be told
            log.error("event not written\n%s", place_of(error))
        finally:
            self._events.task_done()

    async def told(self) -> None:
        """Returns when every queued Event is written, or was refused."""
        await self._events.join()
