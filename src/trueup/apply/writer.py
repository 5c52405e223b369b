"""Carrying out changes on one cluster, by server-side apply and guarded deletes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from trueup.apply.outcome import Done, Outcome
from trueup.apply.owner import Owner
from trueup.apply.takeover import takeover_patch
from trueup.errors import ApiError, Conflict, Forbidden, Invalid, NotFound, TrueupError
from trueup.flow import Write
from trueup.objects import GroupKind, Manifest, ObjectRef
from trueup.observe.drift import authors, drifted_fields
from trueup.observe.fingerprint import fingerprint
from trueup.plan.decide import Action, Cause, Change, Remembered
from trueup.plan.prune import why_kept

_IMMUTABLE = re.compile(r"is immutable|immutable field|may not be changed|updates to .* forbidden")

_DEFINITION = GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")


class Writer:
    """Writes as ``owner``, side by side up to ``concurrency``; deletes only what is marked so."""

    def __init__(self, owner: Owner, *, concurrency: int = 8) -> None:
        self._owner = owner
        self._client = owner.client
        self._slots = asyncio.Semaphore(concurrency)

    async def apply_all(self, changes: Iterable[Change]) -> list[Outcome]:
        """Carry out ``changes`` side by side, started in their order; one outcome each."""
        return list(await asyncio.gather(*(self._within_slot(change) for change in changes)))

    async def apply(self, change: Change) -> Outcome:
        """Carry out one change. Errors of the API become a FAILED outcome."""
        match change.action:
            case Action.NONE:
                return Outcome(change.ref, Done.UNCHANGED)
            case Action.SKIP:
                return Outcome(change.ref, Done.SKIPPED, reason=change.reason)
            case Action.WAIT:
                return Outcome(change.ref, Done.WAITING, reason=change.reason)
        try:
            return await self._write(change)
        except TrueupError as error:
            self._owner.scrub(error, change.desired.manifest())
            return Outcome(change.ref, Done.FAILED, change.cause, error=error)

    async def delete(
        self, ref: ObjectRef, uid: str = "", *, propagation: Literal["Background"] = "Background"
    ) -> Outcome:
        """Delete ``ref`` if it still is ours, and still is the object with ``uid``.

        What was never applied (no ``uid``) and may not be looked at is left: it was only announced.
        """
        live: Manifest | None = None
        try:
            live = await self._client.find(ref)
            if live is None:
                return Outcome(ref, Done.DELETED, reason="was gone already")
            if kept := self._why_kept(live, uid):
                return Outcome(ref, Done.SKIPPED, reason=kept)
            live_uid = live["metadata"].get("uid", "")
            await self._client.delete(ref, propagation=propagation, uid=live_uid)
        except NotFound:
            return Outcome(ref, Done.DELETED, reason="was gone already")
        except TrueupError as error:
            if isinstance(error, Forbidden) and not uid and live is None:
                return Outcome(ref, Done.SKIPPED, reason="was never applied")
            return Outcome(ref, Done.FAILED, error=error)
        return Outcome(ref, Done.DELETED)

    def _why_kept(self, live: Manifest, uid: str) -> str:
        if uid and uid != live["metadata"].get("uid"):
            return "it is another object than the one that was applied"
        if reason := self._owner.objection(live):
            return reason
        return why_kept(live, self._owner.labels, self._owner.controls(live))

    async def _within_slot(self, change: Change) -> Outcome:
        async with self._slots:
            return await self.apply(change)

    async def _write(self, change: Change) -> Outcome:
        wanted = change.desired.manifest()
        live = await self._client.find(change.ref)
        if live is not None and (reason := self._why_skipped(change, live)):
            return Outcome(change.ref, Done.SKIPPED, reason=reason)
        self._owner.check(wanted, live)
        if live is None:
            return await self._send(change, wanted, live)
        if self._is_as_remembered(change, live):
            return Outcome(change.ref, Done.UNCHANGED, observed=live)
        if change.cause is not None and change.cause.is_drift:
            return await self._correct(change, self._owner.adjusted(wanted, live), live)
        ours = await self._taken_over(change, live)
        return await self._send(change, self._owner.adjusted(wanted, ours), live)

    def _why_skipped(self, change: Change, live: Manifest) -> str:
        if self._owner.controls(live).write is Write.NEVER:
            return "the live object says to leave it alone"
        if change.desired.controls.write is Write.IF_NOT_PRESENT:
            return "it exists, and is only to be created"
        if live["metadata"].get("deletionTimestamp"):
            return "is being deleted"
        return ""

    def _is_as_remembered(self, change: Change, live: Manifest) -> bool:
        """Whether what looked like drift was only the watch lagging behind our own write."""
        if change.remembered is None or change.cause is None or not change.cause.is_drift:
            return False
        same_object = change.remembered.uid == live["metadata"].get("uid")
        return same_object and change.remembered.live == fingerprint(live, self._owner.manager)

    async def _correct(self, change: Change, wanted: Manifest, live: Manifest) -> Outcome:
        """Undo a drift, having asked the server which fields that would change."""
        manager = self._owner.manager
        answer = await self._client.apply(wanted, field_manager=manager, force=True, dry_run=True)
        changes = self._owner.shown(change.ref, drifted_fields(live, answer.object, manager))
        outcome = await self._send(change, wanted, live)
        if not changes and change.cause is Cause.DRIFT_CHANGED:
            # Only the ownership moved: the values are as they should be.
            return replace(outcome, cause=None)
        # Another delivery writes under the same name, so that then it may have been that one.
        never = "" if self._owner.is_anothers(live) else manager
        return replace(outcome, drifted=changes, authors=authors(live, changes, never))

    async def _taken_over(self, change: Change, live: Manifest) -> Manifest:
        """``live``, with the fields that imperative clients set made ours."""
        if not (change.desired.controls.take_over and self._owner.controls(live).take_over):
            return live
        manager = self._owner.manager
        patch = takeover_patch(live, manager, self._owner.conventions.displaced)
        if not patch:
            return live
        return await self._client.patch(change.ref, patch, type="json", field_manager=manager)

    async def _send(self, change: Change, wanted: Manifest, live: Manifest | None) -> Outcome:
        manager = self._owner.manager
        recreated = False
        try:
            answer = await self._client.apply(wanted, field_manager=manager, force=True)
        except (Invalid, Conflict) as error:
            if live is None or not is_immutable(error) or not self._may_recreate(change, live):
                raise
            if not await self._clear(change.ref, live):
                return Outcome(change.ref, Done.WAITING, change.cause, "is being deleted")
            answer = await self._client.apply(wanted, field_manager=manager, force=True)
            recreated = True
        metadata = answer.object["metadata"]
        remembered = Remembered(
            metadata.get("uid", ""),
            change.desired.digest,
            fingerprint(answer.object, manager),
            self._owner.guards(wanted),
        )
        if answer.created:
            done = Done.CREATED
        else:
            before = (live or {}).get("metadata", {}).get("resourceVersion")
            same = before == metadata.get("resourceVersion")
            done = Done.UNCHANGED if same else Done.CONFIGURED
        if done is not Done.UNCHANGED and change.ref.group_kind == _DEFINITION:
            self._client.forget_discovery()
        return Outcome(
            change.ref,
            done,
            change.cause,
            remembered=remembered,
            recreated=recreated,
            observed=answer.object,
        )

    def _may_recreate(self, change: Change, live: Manifest) -> bool:
        return change.desired.controls.recreate or self._owner.controls(live).recreate

    async def _clear(self, ref: ObjectRef, live: Manifest) -> bool:
        """Delete ``live`` to make room; False if it stays for its finalizers."""
        await self._client.delete(ref, uid=live["metadata"].get("uid", ""))
        return await self._client.find(ref) is None


def is_immutable(error: ApiError) -> bool:
    """Whether the server refused because a field cannot be changed in place.

    Only its own words count: a Conflict or an Invalid alone says nothing of the kind, and taking
    it for that would delete an object for a typing error.
    """
    texts = [error.cause, *(str(cause.get("message", "")) for cause in error.causes)]
    return any(_IMMUTABLE.search(text) for text in texts)
