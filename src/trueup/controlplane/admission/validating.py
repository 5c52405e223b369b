"""Webhooks that may only deny a write: all at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.admission.matching import Match
from trueup.controlplane.admission.webhooks import Caller, Uncalled, Webhook, failure

_log = logging.getLogger(__name__)


async def validate(caller: Caller, hooks: Sequence[Webhook], attributes: Attributes) -> None:
    """Raises the first denial, in the order of the webhooks."""
    matched = [(hook, found) for hook in hooks if (found := caller.match(hook, attributes))]
    asked = (_ask(caller, hook, attributes, found) for hook, found in matched)
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        if outcome is not None:
            raise outcome


async def _ask(caller: Caller, hook: Webhook, attributes: Attributes, found: Match) -> None:
    try:
        await caller.ask(hook, attributes.seen_as(found.kind), found, may_patch=False)
    except Uncalled as error:
        if not hook.ignores_failure:
            raise failure(hook, error) from error
        _log.warning("webhook %s failed, and is ignored: %s", hook.name, error)
