"""One look at one delivery: render, plan, apply, observe, report, as far as it goes now.

Level-triggered: what is done depends on what is found, and where nothing changed no call is made.
A wait is a state that the next look finds, never a held worker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trueup.apply import Done, Outcome, Owner, StageWalker, Walk, Writer
from trueup.controllers.deliveries.clusters import Cluster
from trueup.controllers.deliveries.health import Judged
from trueup.controllers.deliveries.rendering import check_dependencies, check_path, render
from trueup.controllers.deliveries.runs import Run
from trueup.controllers.deliveries.setback import Setback
from trueup.controllers.deliveries.world import World
from trueup.errors import (
    Conflict,
    Forbidden,
    MissingExtra,
    NotFound,
    TooManyRequests,
    TrueupError,
    Unavailable,
)
from trueup.flow import Artifact, Delivery, Desired, Rendering, Write
from trueup.objects import Manifest, ObjectRef, manifest
from trueup.plan.decide import Remembered
from trueup.plan.inventory import union
from trueup.plan.prune import plan_prune
from trueup.report.outcomes import failure_message
from trueup.report.report import Attempt, Phase, Report, Trouble
from trueup.report.times import duration_of

_HAND_OVER_SECONDS = 0.2
_HAND_OVER_PART = 0.1
"""How long to wait for others once more, as a part of the time that this has taken."""

CONFIRM_PRUNE = "trueup.dev/confirm-prune"
"""Annotation of a delivery: the revision whose large prune is meant."""

_PASSING = (Unavailable, TooManyRequests, Conflict, NotFound)
"""Errors of single objects that are worth a quick retry: the world may just not be there yet."""


class Look:
    """The steps of one look, in their order."""

    def __init__(
        self,
        world: World,
        resource: Manifest,
        delivery: Delivery,
        artifact: Artifact,
        attempt: Attempt,
        runs: dict[ObjectRef, Run],
    ) -> None:
        self._world = world
        self._resource = resource
        self._delivery = delivery
        self._artifact = artifact
        self._attempt = attempt
        self._runs = runs

    async def through(self) -> float | None:
        """All steps; Setback where one cannot be taken."""
        world = self._world
        key, cluster, rendering = await self._wanted()
        run = self._run(rendering)
        inventory = await self._announce(key, rendering, run)
        walk = await self._apply(key, cluster, rendering, run)
        if walk.blocked:
            await self._tell(Phase.PROGRESSING, walk.blocked)
            return walk.again_in
        if self._must_hand_over(rendering, inventory):
            await self._tell(Phase.HANDING_OVER)
            waited = world.steady() - run.since
            return max(_HAND_OVER_SECONDS, _HAND_OVER_PART * waited)
        inventory = await self._prune(key, cluster, rendering, inventory, run)
        applied = [desired for desired in rendering if desired.ref not in walk.skipped]
        again = await self._observe(key, cluster, applied, run)
        if again is not None:
            return again
        await self._world.reporter.applied(
            self._resource,
            self._report_applied(run),
            run,
            rendering.digest,
            inventory,
        )
        self._runs.pop(self._delivery.ref, None)
        return min(self._delivery.interval, walk.again_in or self._delivery.interval)

    async def _wanted(self) -> tuple[str, Cluster, Rendering]:
        """What is to be true and where, claimed also while a dependency is not ready.

        So others do not prune what moves here. That a dependency is not ready counts for more than
        what is wrong with the rendering or the cluster: it may be what brings the remedy.
        """
        world, delivery, artifact = self._world, self._delivery, self._artifact
        check_path(world.dialect.path_not_found, delivery, artifact)
        try:
            rendering = await render(world, delivery, artifact)
            key, cluster = await self._cluster()
        except Setback:
            check_dependencies(world, self._resource, delivery, artifact)
            raise
        self._claim(key, rendering)
        check_dependencies(world, self._resource, delivery, artifact)
        return key, cluster, rendering

    def _claim(self, cluster: str, rendering: Rendering) -> None:
        """All that is wanted, but for what our identity may not write: others may prune that."""
        run = self._runs.get(self._delivery.ref)
        wanted = {desired.ref for desired in rendering} - (run.forbidden if run else set())
        self._world.wanted.claim(self._delivery.ref, cluster, wanted)

    async def _cluster(self) -> tuple[str, Cluster]:
        try:
            key, cluster = await self._world.clusters.cluster(self._delivery)
        except TrueupError as error:
            retry = 1 if isinstance(error, _PASSING) else None
            stalled = isinstance(error, MissingExtra)
            raise Setback(Trouble.APPLY, str(error), retry=retry, stalled=stalled) from error
        for rule in self._delivery.health.rules:
            cluster.watches.tell_every_change(rule.group, rule.kind)
        return key, cluster

    def _owner(self, cluster: Cluster, rendering: Rendering | None = None) -> Owner:
        return Owner.of(self._delivery, cluster.client, rendering, cluster.objection)

    def _run(self, rendering: Rendering) -> Run:
        attempt, ref = self._attempt, self._delivery.ref
        key = (attempt.generation, attempt.revision, attempt.requested_at, rendering.digest)
        run = self._runs.get(ref)
        if run is None or run.key != key:
            before = run
            run = self._runs[ref] = self._world.reporter.new_run(self._resource, attempt, key)
            run.forbidden = before.forbidden if before else set()
        return run

    # Applying

    async def _announce(self, cluster: str, rendering: Rendering, run: Run) -> list[ObjectRef]:
        """Have the objects in the inventory before any is created."""
        world, delivery = self._world, self._delivery
        refs = [desired.ref for desired in rendering]
        known = world.reporter.inventory(self._resource)
        inventory = union(known, refs)
        world.concerned.claim(delivery.ref, cluster, [*inventory, *delivery.health.checks])
        remembered = world.memory.remembered(self._resource)
        if set(refs) - set(known) or (not run.announced and _is_new(rendering, remembered)):
            run.announced = True
            message = f"Applying revision {self._attempt.revision}"
            await self._tell(Phase.PROGRESSING, message, inventory)
        return inventory

    async def _apply(self, key: str, cluster: Cluster, rendering: Rendering, run: Run) -> Walk:
        world = self._world
        owner = self._owner(cluster, rendering)
        walker = StageWalker(cluster.watches, Writer(owner), cluster.fights, world.steady)
        remembered = world.memory.remembered(self._resource)
        try:
            walk = await walker.walk(rendering, remembered, run.gates)
        except TrueupError as error:
            raise Setback(Trouble.APPLY, str(error), retry=1) from error
        run.note(walk.outcomes)
        self._release_forbidden(key, rendering, walk, run)
        self._remember(remembered, walk.outcomes)
        if walk.failures:
            passing = all(isinstance(o.error, _PASSING) for o in walk.failures)
            text = failure_message(walk.failures)
            raise Setback(Trouble.APPLY, text, retry=1 if passing else None)
        return walk

    def _release_forbidden(self, key: str, rendering: Rendering, walk: Walk, run: Run) -> None:
        forbidden = {o.ref for o in walk.failures if isinstance(o.error, Forbidden)}
        if forbidden != run.forbidden:
            run.forbidden = forbidden
            self._claim(key, rendering)

    def _remember(
        self, before: Mapping[ObjectRef, Remembered], outcomes: Sequence[Outcome]
    ) -> None:
        now = {**before, **{o.ref: o.remembered for o in outcomes if o.remembered is not None}}
        drifts = [o for o in outcomes if o.is_drift and o.done is not Done.UNCHANGED]
        self._world.reporter.remember(self._resource, now, drifts)

    async def _prune(
        self,
        key: str,
        cluster: Cluster,
        rendering: Rendering,
        inventory: Sequence[ObjectRef],
        run: Run,
    ) -> list[ObjectRef]:
        """Delete what nobody wants any more; returns the inventory from now on."""
        world, delivery = self._world, self._delivery
        wanted = [desired.ref for desired in rendering]
        dropped = set(inventory) - set(wanted)
        if not dropped:
            return wanted
        others = world.claimed_by_others(delivery, key, dropped)
        plan = plan_prune(
            inventory, wanted, claimed_elsewhere=others, confirmed=self._is_confirmed()
        )
        survivors: list[ObjectRef] = []
        if delivery.prune:
            if plan.held:
                raise Setback(Trouble.PRUNE, f"held: {plan.held}; {self._how_to_confirm()}")
            survivors = await self._delete(cluster, plan.delete, run)
        world.reporter.forget_objects(self._resource, dropped - set(survivors))
        if survivors:
            failed = [o for o in run.notable.values() if o.ref in survivors]
            await self._tell(Phase.PROGRESSING, "pruning", [*wanted, *survivors])
            raise Setback(Trouble.PRUNE, failure_message(failed))
        world.concerned.claim(delivery.ref, key, [*wanted, *delivery.health.checks])
        if delivery.health.active:  # health may take its time; what is gone is gone now
            await self._tell(Phase.PROGRESSING, "pruned", wanted)
        return wanted

    def _must_hand_over(self, rendering: Rendering, inventory: Sequence[ObjectRef]) -> bool:
        """Whether something would be pruned that another delivery may want by now.

        What moves between two deliveries of one source is handed over, not deleted and created.
        """
        drops = set(inventory) - {desired.ref for desired in rendering}
        if not (drops and self._delivery.prune):
            return False
        return self._world.is_behind(self._artifact, self._delivery.ref)

    async def _delete(
        self, cluster: Cluster, refs: Sequence[ObjectRef], run: Run
    ) -> list[ObjectRef]:
        writer, survivors = Writer(self._owner(cluster)), []
        remembered = self._world.memory.remembered(self._resource)
        for ref in refs:
            known = remembered.get(ref)
            outcome = await writer.delete(ref, known.uid if known else "")
            run.note([outcome])
            if outcome.done is Done.FAILED:
                survivors.append(ref)
        return survivors

    def _is_confirmed(self) -> bool:
        confirmed = manifest.annotations(self._resource).get(CONFIRM_PRUNE, "")
        return bool(confirmed) and confirmed in (self._attempt.revision, "always")

    def _how_to_confirm(self) -> str:
        return (
            "if that is meant, set the annotation "
            f"{CONFIRM_PRUNE}: {self._attempt.revision} on {self._delivery.ref}"
        )

    # Observing

    async def _observe(
        self, key: str, cluster: Cluster, applied: Sequence[Desired], run: Run
    ) -> float | None:
        """None once all is healthy, or nobody asked; else the seconds that are left."""
        policy, world = self._delivery.health, self._world
        if not policy.active:
            cluster.watches.forget(self._delivery.ref)
            return None
        try:
            verdict = await world.health.verdict(self._delivery, key, cluster, applied)
        except TrueupError as error:
            raise Setback(Trouble.HEALTH, str(error), retry=1) from error
        if verdict.healthy:
            return None
        now = world.steady()
        if run.unhealthy_since is None:
            run.unhealthy_since = now
        if run.gave_up:
            raise Setback(Trouble.HEALTH, run.gave_up)
        if verdict.hopeless:
            raise self._unhealthy(run, "failed early due to stalled resources", verdict.hopeless)
        left = policy.timeout - (now - run.unhealthy_since)
        if left <= 0:
            raise self._unhealthy(run, "timeout waiting for", verdict.late)
        if world.reporter.is_live(self._resource, self._attempt):
            await world.memory.store(self._delivery.ref)  # drift is on record before health comes
        else:
            waiting = ", ".join(str(judged.ref) for judged in verdict.late)
            await self._tell(Phase.CHECKING, waiting)
        return left

    def _unhealthy(self, run: Run, what: str, judged: Sequence[Judged]) -> Setback:
        assert run.unhealthy_since is not None
        waited = duration_of(self._world.steady() - run.unhealthy_since)
        names = ", ".join(map(str, judged))
        run.gave_up = f"health check failed after {waited}: {what}: [{names}]"
        return Setback(Trouble.HEALTH, run.gave_up)

    # Reporting

    async def _tell(
        self, phase: Phase, message: str = "", inventory: Sequence[ObjectRef] | None = None
    ) -> None:
        report = Report(phase, self._attempt, message, timeout=self._delivery.health.timeout)
        await self._world.reporter.progress(self._resource, report, inventory)

    def _report_applied(self, run: Run) -> Report:
        after = None
        if self._delivery.health.active:
            since = run.unhealthy_since
            after = 0.0 if since is None else self._world.steady() - since
        interval = self._delivery.interval
        return Report(Phase.APPLIED, self._attempt, healthy_after=after, next_run=interval)


def _is_new(rendering: Rendering, remembered: Mapping[ObjectRef, Remembered]) -> bool:
    """Whether something in ``rendering`` was not applied yet as it is."""
    for desired in rendering:
        known = remembered.get(desired.ref)
        if desired.controls.write is Write.ALWAYS and (
            known is None or known.sent != desired.digest
        ):
            return True
    return False
