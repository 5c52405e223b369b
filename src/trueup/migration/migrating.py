"""A migration from its first look to its last step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.controllers.replicas.rivals import Rivals
from trueup.dialects.flux.rivals import RIVALS
from trueup.errors import InputError, TrueupError
from trueup.migration.carrying_out import carry_out
from trueup.migration.plan import Plan, Step
from trueup.migration.survey import plan_back, plan_forward
from trueup.observe.rivals import Rival

OWN = Rival("Trueup", "controller", "trueup", "trueup-controller", sharded=True)

_STOP_SECONDS = 120.0
"""How long controllers may take to end what they are at."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for."""

    back: bool = False
    dry_run: bool = False
    scale_down: bool = False
    leave_unserved: bool = False


class Migration:
    """Plans, refuses or carries out ``request``; ``say`` hears of each step."""

    def __init__(
        self,
        client: Client,
        request: Request,
        say: Callable[[str], None],
        clock: Clock | None = None,
        *,
        patience: float = _STOP_SECONDS,
    ) -> None:
        self._client = client
        self._request = request
        self._say = say
        self._clock = clock or Clock()
        self._patience = patience
        self._flux = Rivals(client, RIVALS, clock)
        self._own = Rivals(client, (OWN,), clock)

    async def run(self) -> None:
        """Raises InputError where it is refused, TrueupError where somebody does not stop."""
        async with AsyncExitStack() as watching:
            for rivals in (self._flux, self._own):
                await watching.enter_async_context(rivals.watched())
            plan = await self._plan()
            if self._request.dry_run:
                self._say(str(plan) or "nothing to do")
                return
            self._check(plan)
            await self._do(plan.first)
            await self._wait_stopped()
            plan = await self._plan()
            await self._do(plan.steps)

    async def _plan(self) -> Plan:
        planning: Callable[[Client, Rivals, Rivals], Awaitable[Plan]]
        planning = plan_back if self._request.back else plan_forward
        return await planning(self._client, self._flux, self._own)

    def _check(self, plan: Plan) -> None:
        if plan.unserved and not self._request.leave_unserved:
            raise InputError(
                "nobody would keep true any more what Trueup does not serve yet:\n  "
                + "\n  ".join(plan.unserved),
                next_step="if that is meant, say --leave-unserved",
            )
        if plan.alive and not self._request.scale_down:
            raise InputError(
                "; ".join(plan.alive),
                next_step="scale it down to 0 first, or let this be done with --scale-down",
            )

    async def _do(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self._say(str(step))
            await carry_out(self._client, step, self._clock.now())

    async def _wait_stopped(self) -> None:
        rivals = self._own if self._request.back else self._flux
        try:
            async with asyncio.timeout(self._patience):
                while rivals.signs():
                    await rivals.wait_change()
        except TimeoutError:
            alive = "; ".join(map(str, rivals.signs()))
            raise TrueupError(
                f"still after {self._patience:g} s: {alive}",
                next_step="stop it where it runs, and do this again: it goes on from here",
            ) from None
