"""Carries out what was decided, as one component of a cluster, and tells of it in Events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from itertools import groupby

from trueup.cluster import Client
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.outcome import Action, Bind, Change, Create, Delete, Tell
from trueup.controlplane.simulation.world import World
from trueup.errors import AlreadyExists, ApiError, Conflict, Forbidden, NotFound
from trueup.objects import Manifest, ObjectRef
from trueup.report.events import event

log = logging.getLogger(__name__)

_PENDING_EVENTS = 1000
"""Events that wait to be written; beyond that the newest are dropped."""

_AT_ONCE = 50
"""Writes of one kind that go out side by side."""


class Actor:
    """Writes as ``manager``; what the server answers is known to the world at once."""

    def __init__(self, client: Client, world: World, manager: str, clock: Clock) -> None:
        self._client = client
        self._world = world
        self._manager = manager
        self._clock = clock
        self._events: asyncio.Queue[Manifest] = asyncio.Queue(_PENDING_EVENTS)

    async def carry_out(self, actions: Sequence[Action]) -> None:
        """In order; actions of one type in a row go side by side."""
        for _, run in groupby(actions, key=type):
            together = list(run)
            for start in range(0, len(together), _AT_ONCE):
                batch = together[start : start + _AT_ONCE]
                if len(batch) == 1:
                    await self._act(batch[0])
                else:
                    async with asyncio.TaskGroup() as group:
                        for action in batch:
                            group.create_task(self._act(action))

    async def write_events(self) -> None:
        """Write queued Events for ever."""
        while True:
            item = await self._events.get()
            try:
                await self._client.create(item, field_manager=self._manager)
            except ApiError as error:
                log.debug("event not written: %s", error)

    async def _act(self, action: Action) -> None:
        match action:
            case Tell():
                self._tell(action)
            case Create():
                await self._create(action)
            case Change():
                await self._change(action)
            case Delete():
                await self._delete(action)
            case Bind():
                await self._bind(action)

    async def _create(self, action: Create) -> None:
        try:
            created = await self._client.create(action.object, field_manager=self._manager)
        except AlreadyExists:
            return  # the watch will show it, and the next look decides anew
        except Forbidden as error:
            if not _is_terminating(error):
                raise
            return
        self._world.learn(created)
        self._tell_then(action.then, created["metadata"]["name"])

    async def _change(self, action: Change) -> None:
        ref = ObjectRef.of(action.object)
        uid = action.object["metadata"]["uid"]
        patch = {**action.patch, "metadata": {**action.patch.get("metadata", {}), "uid": uid}}
        try:
            changed = await self._client.patch(
                ref, patch, field_manager=self._manager, subresource=action.subresource
            )
        except (NotFound, Conflict) as error:
            log.debug("%s changed meanwhile: %s", ref, error)
            return
        self._world.learn(changed)
        self._tell_then(action.then, ref.name)

    async def _delete(self, action: Delete) -> None:
        ref = ObjectRef.of(action.object)
        uid = action.object["metadata"]["uid"]
        try:
            answer = await self._client.delete(ref, uid=uid, grace=action.grace)
        except (NotFound, Conflict) as error:
            log.debug("%s is gone already: %s", ref, error)
            return
        if answer.get("kind") == ref.kind:
            self._world.learn(answer)
        self._tell_then(action.then, ref.name)

    async def _bind(self, action: Bind) -> None:
        ref = ObjectRef.of(action.pod)
        metadata = {"name": ref.name, "namespace": ref.namespace}
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {**metadata, "uid": action.pod["metadata"]["uid"]},
            "target": {"apiVersion": "v1", "kind": "Node", "name": action.node},
        }
        try:
            await self._client.create(
                binding, field_manager=self._manager, subresource="binding", of=ref
            )
        except (NotFound, Conflict) as error:
            log.debug("%s needs no node any more: %s", ref, error)

    def _tell_then(self, tell: Tell | None, name: str) -> None:
        if tell is not None:
            self._tell(tell, name)

    def _tell(self, tell: Tell, name: str = "") -> None:
        item = event(
            tell.about,
            tell.reason,
            tell.message.replace("{name}", name),
            component=self._manager,
            now=self._clock.now(),
            warning=tell.warning,
        )
        try:
            self._events.put_nowait(item)
        except asyncio.QueueFull:
            log.debug("too many events at once; one about %s is lost", item["involvedObject"])


def _is_terminating(error: ApiError) -> bool:
    causes = error.details.get("causes") or ()
    return any(cause.get("reason") == "NamespaceTerminating" for cause in causes)
