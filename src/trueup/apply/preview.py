"""What applying would do, asked of the server by dry run: nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trueup.apply.owner import Owner
from trueup.apply.writer import is_immutable
from trueup.errors import Conflict, Invalid, NotFound, TrueupError
from trueup.flow import Desired, Rendering, Write
from trueup.objects import GroupKind, Manifest, ObjectRef
from trueup.observe.drift import changed_fields
from trueup.plan.diff import FieldChange
from trueup.plan.prune import why_kept


class Effect(StrEnum):
    """What an apply would do with one object."""

    CREATED = "created"
    CONFIGURED = "configured"
    RECREATED = "recreated"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one object. ``fields`` go from live to wanted, secrets masked."""

    ref: ObjectRef
    effect: Effect
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""

    @property
    def is_change(self) -> bool:
        return self.effect not in (Effect.UNCHANGED, Effect.SKIPPED)


class Previewer:
    """Asks what applying as ``owner`` would do."""

    def __init__(self, owner: Owner, *, concurrency: int = 8) -> None:
        self._owner = owner
        self._client = owner.client
        self._slots = asyncio.Semaphore(concurrency)

    async def preview(
        self, rendering: Rendering, inventory: Sequence[ObjectRef], *, prune: bool
    ) -> list[Preview]:
        """One answer for each object that is wanted, or that would be pruned."""
        objects = list(rendering)
        coming = _coming(objects)
        wanted = {desired.ref for desired in objects}
        dropped = [ref for ref in inventory if ref not in wanted] if prune else []
        return [
            *await asyncio.gather(*(self._of_desired(desired, coming) for desired in objects)),
            *await asyncio.gather(*map(self._of_dropped, dropped)),
        ]

    async def _of_desired(self, desired: Desired, coming: set[ObjectRef | GroupKind]) -> Preview:
        async with self._slots:
            try:
                return await self._ask(desired)
            except NotFound as error:
                if desired.ref.group_kind in coming or _namespace(desired.ref) in coming:
                    return Preview(desired.ref, Effect.CREATED)
                return Preview(desired.ref, Effect.REFUSED, reason=str(error))
            except TrueupError as error:
                self._owner.scrub(error, desired.manifest())
                return Preview(desired.ref, Effect.REFUSED, reason=str(error))

    async def _ask(self, desired: Desired) -> Preview:
        ref, wanted = desired.ref, desired.manifest()
        live = await self._client.find(ref)
        if reason := self._why_skipped(desired, live):
            return Preview(ref, Effect.SKIPPED, reason=reason)
        if live is None:
            await self._apply(wanted)
            return Preview(ref, Effect.CREATED)
        try:
            answer = await self._apply(self._owner.adjusted(wanted, live))
        except (Invalid, Conflict) as error:
            if not is_immutable(error):
                raise
            self._owner.scrub(error, wanted)
            may = desired.controls.recreate or self._owner.controls(live).recreate
            return Preview(ref, Effect.RECREATED if may else Effect.REFUSED, reason=str(error))
        changes = self._owner.shown(ref, changed_fields(live, answer))
        return Preview(ref, Effect.CONFIGURED if changes else Effect.UNCHANGED, changes)

    async def _apply(self, wanted: Manifest) -> Manifest:
        manager = self._owner.manager
        answer = await self._client.apply(wanted, field_manager=manager, force=True, dry_run=True)
        return answer.object

    def _why_skipped(self, desired: Desired, live: Manifest | None) -> str:
        if desired.controls.write is Write.NEVER:
            return "its manifest says to leave it alone"
        if live is None:
            return ""
        if self._owner.controls(live).write is Write.NEVER:
            return "the live object says to leave it alone"
        if desired.controls.write is Write.IF_NOT_PRESENT:
            return "it exists, and is only to be created"
        return ""

    async def _of_dropped(self, ref: ObjectRef) -> Preview:
        async with self._slots:
            try:
                live = await self._client.find(ref)
            except TrueupError as error:
                return Preview(ref, Effect.REFUSED, reason=str(error))
        if live is None:
            return Preview(ref, Effect.UNCHANGED, reason="was gone already")
        if kept := why_kept(live, self._owner.labels, self._owner.controls(live)):
            return Preview(ref, Effect.SKIPPED, reason=kept)
        return Preview(ref, Effect.DELETED)


def _coming(objects: Iterable[Desired]) -> set[ObjectRef | GroupKind]:
    """Namespaces, and kinds, that the rendering itself brings."""
    found: set[ObjectRef | GroupKind] = set()
    for desired in objects:
        if desired.ref.kind == "Namespace":
            found.add(desired.ref)
        if desired.ref.kind == "CustomResourceDefinition":
            spec = desired.manifest().get("spec") or {}
            names = spec.get("names") or {}
            found.add(GroupKind(str(spec.get("group")), str(names.get("kind"))))
    return found


def _namespace(ref: ObjectRef) -> ObjectRef:
    return ObjectRef("", "Namespace", "", ref.namespace)
