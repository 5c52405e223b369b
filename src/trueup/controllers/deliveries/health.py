"""The health that a delivery waits for: from watches, and by its own rules where it has any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trueup.controllers.claims import Place
from trueup.controllers.deliveries.access import ReadAccess
from trueup.controllers.deliveries.clusters import Cluster
from trueup.errors import ExpressionError
from trueup.flow import Delivery, Desired, HealthRule
from trueup.objects import ObjectRef
from trueup.observe.health import Result, Status
from trueup.observe.health.expressions import StatusExpressions


@dataclass(frozen=True, slots=True)
class Judged:
    """One object and its health."""

    ref: ObjectRef
    result: Result

    def __str__(self) -> str:
        text = f"{self.ref} status: '{self.result.status}'"
        return f"{text}: {self.result.message}" if self.result.message else text


@dataclass(frozen=True, slots=True)
class Verdict:
    """The objects that are not healthy yet, and those among them that will not become so."""

    late: tuple[Judged, ...] = ()

    @property
    def healthy(self) -> bool:
        return not self.late

    @property
    def hopeless(self) -> tuple[Judged, ...]:
        """The failed ones, once nothing else is waited for."""
        failed = tuple(j for j in self.late if j.result.status is Status.FAILED)
        return failed if len(failed) == len(self.late) else ()


class HealthReader:
    """Judges objects; what rules were asked about one version of an object is remembered."""

    def __init__(self) -> None:
        self._access = ReadAccess()
        self._asked: dict[ObjectRef, dict[Place, tuple[str, HealthRule, Result]]] = {}

    async def verdict(
        self, delivery: Delivery, key: str, cluster: Cluster, applied: Sequence[Desired]
    ) -> Verdict:
        """How the objects that ``delivery`` waits for fare; ``applied`` are all of its own."""
        policy = delivery.health
        if not policy.wait:
            own = {desired.ref for desired in applied}  # those it has read itself
            foreign = [ref for ref in policy.checks if ref not in own]
            await self._access.check(delivery, key, cluster, foreign)
        checks = () if policy.wait else policy.checks
        await cluster.watches.cover_objects(delivery.ref, checks)
        gone = {desired.ref for desired in applied if desired.controls.may_vanish}
        refs = [desired.ref for desired in applied] if policy.wait else policy.checks
        refs = [
            ref
            for ref in refs
            if ref != delivery.ref and (cluster.watches.live(ref) or ref not in gone)
        ]
        self._keep(delivery, [(key, ref) for ref in refs])
        judged = [await self._judge(delivery, key, cluster, ref) for ref in refs]
        return Verdict(tuple(j for j in judged if j.result.status is not Status.CURRENT))

    def forget(self, delivery: ObjectRef) -> None:
        self._access.forget(delivery)
        self._asked.pop(delivery, None)

    def _keep(self, delivery: Delivery, places: Iterable[Place]) -> None:
        """Of what was asked before, remember only what is about ``places``."""
        before = self._asked.pop(delivery.ref, {})
        if delivery.health.rules:
            self._asked[delivery.ref] = {p: before[p] for p in places if p in before}

    async def _judge(
        self, delivery: Delivery, key: str, cluster: Cluster, ref: ObjectRef
    ) -> Judged:
        live = cluster.watches.live(ref)
        if live is None:
            return Judged(ref, Result(Status.NOT_FOUND))
        rule = _rule_for(delivery, ref)
        if rule is None:
            return Judged(ref, Result(Status(live.health), live.message))
        asked = self._asked[delivery.ref]
        known = asked.get((key, ref))
        if known is None or known[:2] != (live.resource_version, rule):
            result = await self._ask(cluster, ref, rule)
            known = asked[key, ref] = (live.resource_version, rule, result)
        return Judged(ref, known[2])

    async def _ask(self, cluster: Cluster, ref: ObjectRef, rule: HealthRule) -> Result:
        obj = await cluster.client.find(ref)
        if obj is None:
            return Result(Status.NOT_FOUND)
        if obj["metadata"].get("deletionTimestamp"):
            return Result(Status.TERMINATING, "is being deleted")
        try:
            return _compiled(rule).evaluate(obj)
        except ExpressionError as error:
            return Result(Status.IN_PROGRESS, str(error))


@lru_cache(maxsize=256)
def _compiled(rule: HealthRule) -> StatusExpressions:
    return StatusExpressions.compile(rule.current, rule.in_progress, rule.failed)


def _rule_for(delivery: Delivery, ref: ObjectRef) -> HealthRule | None:
    """The first rule that is about the object's kind."""
    return next(
        (
            rule
            for rule in delivery.health.rules
            if rule.group == ref.group and rule.kind in ("", ref.kind)
        ),
        None,
    )
