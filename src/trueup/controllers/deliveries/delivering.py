"""Looking at deliveries, and what is said where one does not go on."""

from __future__ import annotations

import logging
from dataclasses import replace

from trueup.cluster import Backoff
from trueup.controllers.deliveries.look import Look
from trueup.controllers.deliveries.runs import Run
from trueup.controllers.deliveries.setback import Setback
from trueup.controllers.deliveries.world import World
from trueup.dialects.contract import DeliveryDialect
from trueup.errors import AccessDenied, ExpressionError, TrueupError, of_defect, place_of
from trueup.flow import Delivery
from trueup.objects import Manifest, ObjectRef
from trueup.report.conditions import find
from trueup.report.report import Attempt, Phase, Report, Trouble

log = logging.getLogger(__name__)


class Deliverer:
    """Looks at deliveries, one at a time each."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._runs: dict[ObjectRef, Run] = {}
        self._backoff: Backoff[ObjectRef] = Backoff(first=1.0, most=300.0)

    def forget(self, ref: ObjectRef) -> None:
        self._runs.pop(ref, None)
        self._backoff.succeeded(ref)

    async def look(self, resource: Manifest) -> float | None:
        """Bring ``resource`` as far as it goes now; returns seconds until it wants to be back."""
        world, ref = self._world, ObjectRef.of(resource)
        attempt = world.reporter.attempt(resource)
        try:
            delivery = _delivery_of(world.dialect, resource)
            _check_access(world.dialect, delivery)
        except Setback as setback:
            return await self._set_back(resource, attempt, setback, 0)
        artifact = world.artifacts.get(delivery.source)
        try:
            if artifact is None:
                await self._await_source(resource, delivery, attempt)
                return delivery.retry_interval
            attempt = replace(
                attempt, revision=artifact.revision, origin_revision=artifact.origin_revision
            )
            look = Look(world, resource, delivery, artifact, attempt, self._runs)
            again = await look.through()
        except Setback as setback:
            return await self._set_back(resource, attempt, setback, delivery.retry_interval)
        except TrueupError:
            raise
        except Exception as error:
            log.error("a look at %s failed\n%s", ref, place_of(error))
            unforeseen = Setback(Trouble.APPLY, str(of_defect(error, "the delivery")), retry=0)
            return await self._set_back(resource, attempt, unforeseen, delivery.retry_interval)
        self._backoff.succeeded(ref)
        return again

    async def _set_back(
        self, resource: Manifest, attempt: Attempt, setback: Setback, interval: float
    ) -> float | None:
        ref = ObjectRef.of(resource)
        kind = Report.stalled if setback.stalled else Report.failed
        report = kind(attempt, setback.trouble, setback.cause)
        await self._world.reporter.set_back(
            resource, report, self._runs.get(ref), warn=not setback.waiting
        )
        if setback.stalled:
            return None
        if setback.retry is None:
            return interval
        return min(max(setback.retry, self._backoff.failed(ref)), interval)

    async def _await_source(self, resource: Manifest, delivery: Delivery, attempt: Attempt) -> None:
        """Say why there is no artifact; Setback if waiting alone does not help."""
        source = delivery.source
        found = self._world.find_source(source)
        if found is None:
            raise Setback(Trouble.SOURCE, f"Source '{source}' not found")
        if trouble := self._world.artifacts.trouble(source):
            text = f"Source '{source}' cannot be fetched by the replica of this delivery: {trouble}"
            raise Setback(Trouble.SOURCE, text)
        status = found.get("status") or {}
        if status.get("artifact"):
            return  # it had one before we started, and is about to offer it again
        if (found.get("spec") or {}).get("suspend"):
            text = f"Source '{source}' has no artifact: it is suspended"
            raise Setback(Trouble.SOURCE, text, waiting=True)
        ready = find(status.get("conditions") or (), "Ready")
        if ready is not None and ready.get("status") == "False":
            text = f"Source '{source}' has no artifact: {ready.get('message')}"
            raise Setback(Trouble.SOURCE, text, waiting=True)
        message = f"Waiting for source '{source}' to be fetched"
        await self._world.reporter.progress(resource, Report(Phase.PROGRESSING, attempt, message))


def _delivery_of(dialect: DeliveryDialect, resource: Manifest) -> Delivery:
    try:
        return dialect.delivery_of(resource)
    except ExpressionError as error:
        raise Setback(Trouble.EXPRESSION, str(error), stalled=True) from error
    except TrueupError as error:
        raise Setback(Trouble.SPEC, str(error), stalled=True) from error


def _check_access(dialect: DeliveryDialect, delivery: Delivery) -> None:
    try:
        dialect.check_access(delivery)
    except AccessDenied as error:
        raise Setback(Trouble.ACCESS, str(error), stalled=True) from error
