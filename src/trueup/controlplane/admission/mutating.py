"""Webhooks that may change what is written: one after the other, some of them twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.admission.webhooks import Caller, Uncalled, Webhook, failure
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.bodies import object_of
from trueup.controlplane.registry.codec import same
from trueup.errors import ApiError, InputError
from trueup.merge import jsonpatch
from trueup.objects import Manifest
from trueup.objects.manifest import copy

_log = logging.getLogger(__name__)

Complete: TypeAlias = Callable[[Attributes], None]
"""Brings the object into form and fills in defaults."""


class Mutation:
    """One write on its way through the webhooks."""

    def __init__(self, caller: Caller, complete: Complete, attributes: Attributes) -> None:
        self.attributes = attributes
        self.is_changed = False
        self._caller = caller
        self._complete = complete
        self._waiting: set[str] = set()
        """Webhooks to call again should something change after them."""
        self._again: set[str] = set()

    async def run(self, hooks: Sequence[Webhook], between: Callable[[], None]) -> None:
        """Call ``hooks``, and where one changed something, once more those that asked for it.

        ``between``: what the server itself does to the object, before the second round.
        """
        await self._round(hooks)
        if not self.is_changed:
            return
        before = copy(self.attributes.obj)
        between()
        if not same(before or {}, self.attributes.obj or {}):
            self._recall()
        await self._round(hook for hook in hooks if hook.uid in self._again)

    def _recall(self) -> None:
        self._again |= self._waiting
        self._waiting = set()

    async def _round(self, hooks: Iterable[Webhook]) -> None:
        for hook in hooks:
            found = self._caller.match(hook, self.attributes)
            if found is not None:
                seen = self.attributes.seen_as(found.kind)
                try:
                    verdict = await self._caller.ask(hook, seen, found, may_patch=True)
                    self._apply(hook, seen, verdict.patch)
                except Uncalled as error:
                    if not hook.ignores_failure:
                        raise failure(hook, error) from error
                    _log.warning("webhook %s failed, and is ignored: %s", hook.name, error)
                if hook.is_reinvoked:
                    self._waiting.add(hook.uid)

    def _apply(self, hook: Webhook, seen: Attributes, patch: Sequence[Manifest]) -> None:
        if not patch:
            return
        if seen.obj is None:
            raise refusals.internal(
                f'admission webhook "{hook.name}" attempted to modify the object,'
                " which is not supported for this operation"
            )
        before = self.attributes.obj
        self.attributes.obj = self._patched(seen, patch)
        if not same(before or {}, self.attributes.obj or {}):
            self.is_changed = True
            self._recall()

    def _patched(self, seen: Attributes, patch: Sequence[Manifest]) -> Manifest:
        try:
            patched = jsonpatch.apply(copy(seen.obj), patch)
            whole = replace(seen, obj=object_of(patched, seen.call, seen.kind))
            changed = whole.seen_as(self.attributes.kind)
            self._complete(changed)
        except (InputError, ApiError) as error:
            raise refusals.internal(error.cause) from error
        assert changed.obj is not None
        return changed.obj
