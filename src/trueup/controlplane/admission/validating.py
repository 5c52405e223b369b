"""Webhooks that may only deny a write: all at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.admission.matching import Match
from trueup.controlplane.admission.webhooks import Caller, Uncalled, Webhook, failure
from trueup.errors import ApiError

_log = logging.getLogger(__name__)


async def validate(caller: Caller, hooks: Sequence[Webhook], attributes: Attributes) -> None:
    """Asks all of them, and raises the denial that came first."""
    matched = [(hook, found) for hook in hooks if (found := caller.match(hook, attributes))]
    denials: list[ApiError] = []

    async def ask(hook: Webhook, found: Match) -> None:
        try:
            await _ask(caller, hook, attributes, found)
        except ApiError as denial:
            denials.append(denial)

    await asyncio.gather(*(ask(hook, found) for hook, found in matched))
    if denials:
        raise denials[0]


async def _ask(caller: Caller, hook: Webhook, attributes: Attributes, found: Match) -> None:
    try:
        await caller.ask(hook, attributes.seen_as(found.kind), found, may_patch=False)
    except Uncalled as error:
        if not hook.ignores_failure:
            raise failure(hook, error) from error
        _log.warning("webhook %s failed, and is ignored: %s", hook.name, error)
