"""Walking a rendering stage by stage, as far as it goes now.

A walk never waits: where a gate is not met it stops and says so, and the next walk, called by a
watch event or the clock, finds what is done already and goes on. What did not change is not
written again, so walking twice is the same as walking once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from trueup.apply.outcome import Done, Outcome
from trueup.apply.writer import Writer
from trueup.errors import TrueupError
from trueup.flow import Desired, Rendering, Stage
from trueup.objects import GroupKind, ObjectRef
from trueup.observe.fights import Fights
from trueup.observe.watches import Watches
from trueup.plan.decide import Change, Remembered, decide


@dataclass
class Gates:
    """Since when the stages of one rendering have been waited for."""

    since: dict[tuple[str, str], float] = field(default_factory=dict)

    def waited(self, rendering: Rendering, stage: Stage, now: float) -> float:
        key = (rendering.digest, stage.name)
        if key not in self.since:
            self.since = {k: v for k, v in self.since.items() if k[0] == rendering.digest}
            self.since[key] = now
        return now - self.since[key]


@dataclass
class Walk:
    """How far a walk came. ``blocked`` says what it stopped at, if it stopped."""

    outcomes: list[Outcome] = field(default_factory=list)
    blocked: str = ""
    again_in: float | None = None
    """Seconds until it is worth walking again although no event came."""

    @property
    def failures(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.done is Done.FAILED]

    @property
    def skipped(self) -> set[ObjectRef]:
        return {outcome.ref for outcome in self.outcomes if outcome.done is Done.SKIPPED}

    @property
    def written(self) -> list[Outcome]:
        wrote = (Done.CREATED, Done.CONFIGURED, Done.DELETED)
        return [outcome for outcome in self.outcomes if outcome.done in wrote]

    def again(self, seconds: float) -> None:
        self.again_in = seconds if self.again_in is None else min(self.again_in, seconds)


class StageWalker:
    """Applies renderings to one cluster. ``clock`` gives steady seconds."""

    def __init__(
        self, watches: Watches, writer: Writer, fights: Fights, clock: Callable[[], float]
    ) -> None:
        self._watches = watches
        self._writer = writer
        self._fights = fights
        self._clock = clock

    async def walk(
        self, rendering: Rendering, remembered: Mapping[ObjectRef, Remembered], gates: Gates
    ) -> Walk:
        """Apply what differs, as far as gates and failures let it."""
        walk = Walk()
        unmet: dict[ObjectRef, str] = {}
        for stage in rendering.stages:
            absent = {**{outcome.ref: "" for outcome in walk.failures}, **unmet}
            possible, hindered = _split(stage.objects, absent, rendering)
            walk.outcomes += hindered
            await self._watches.cover({desired.ref.gvk for desired in possible})
            changes = [
                decide(desired, self._watches.live(desired.ref), remembered.get(desired.ref))
                for desired in possible
            ]
            walk.outcomes += await self._writer.apply_all(self._without_fights(changes, walk))
            self._learn(walk.outcomes)
            if stage.gate_seconds and (late := self._late(stage)):
                waited = gates.waited(rendering, stage, self._clock())
                if waited < stage.gate_seconds:
                    walk.blocked = f"waiting for {_names(late)}"
                    walk.again(stage.gate_seconds - waited)
                    return walk
                unmet |= late
        return walk

    def _without_fights(self, changes: Iterable[Change], walk: Walk) -> Iterable[Change]:
        now = self._clock()
        for change in changes:
            wait = 0.0
            if change.writes and change.cause is not None and change.cause.is_drift:
                wait = self._fights.wait(change.ref, now)
            if wait > 0:
                walk.again(wait)
                reason = f"drifts again and again; next correction in {wait:.0f} s"
                walk.outcomes.append(Outcome(change.ref, Done.WAITING, change.cause, reason))
            else:
                yield change

    def _learn(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.observed is not None:
                self._watches.learn(outcome.observed)
            if outcome.is_drift and outcome.done in (Done.CREATED, Done.CONFIGURED):
                self._fights.corrected(outcome.ref, self._clock())

    def _late(self, stage: Stage) -> dict[ObjectRef, str]:
        """Objects of ``stage`` that are there but not healthy yet, with the reason."""
        late = {}
        for desired in stage.objects:
            live = self._watches.live(desired.ref)
            if live is not None and live.health != "Current":
                late[desired.ref] = "it is being deleted" if live.deleting else live.message
        return late


def _split(
    objects: Iterable[Desired], absent: Mapping[ObjectRef, str], rendering: Rendering
) -> tuple[list[Desired], list[Outcome]]:
    """Which objects can be applied, and which stand on one that is ``absent``, for a reason."""
    if not absent:
        return list(objects), []
    kinds = _kinds_defined_by(absent, rendering)
    possible: list[Desired] = []
    hindered: list[Outcome] = []
    for desired in objects:
        ref = desired.ref
        namespace = ObjectRef("", "Namespace", "", ref.namespace)
        foundation = namespace if namespace in absent else kinds.get(ref.group_kind)
        if foundation is None:
            possible.append(desired)
        else:
            why = f": {absent[foundation]}" if absent[foundation] else ""
            error = TrueupError(f"{foundation} is not ready{why}", subject=str(ref))
            hindered.append(Outcome(ref, Done.FAILED, error=error))
    return possible, hindered


def _kinds_defined_by(
    refs: Iterable[ObjectRef], rendering: Rendering
) -> dict[GroupKind, ObjectRef]:
    definitions = {ref for ref in refs if ref.kind == "CustomResourceDefinition"}
    found: dict[GroupKind, ObjectRef] = {}
    for desired in rendering:
        if desired.ref in definitions:
            spec = desired.manifest().get("spec") or {}
            kind = GroupKind(spec.get("group", ""), (spec.get("names") or {}).get("kind", ""))
            found[kind] = desired.ref
    return found


def _names(late: Mapping[ObjectRef, str]) -> str:
    return ", ".join(sorted(f"{ref} ({why})" if why else str(ref) for ref, why in late.items()))
