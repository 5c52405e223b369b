"""What becomes of a delivery's objects when the delivery itself is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from trueup.apply import Done, Outcome, Owner, Writer
from trueup.controllers.definitions import is_going
from trueup.controllers.deliveries.clusters import Cluster
from trueup.controllers.deliveries.world import World
from trueup.errors import ApiError, InputError, NotFound, TrueupError
from trueup.flow import DeletionPolicy, Delivery
from trueup.objects import Manifest, ObjectRef
from trueup.plan.order import apply_order
from trueup.report.outcomes import change_lines, failure_message

_DELETED = "Deleted"
_FAILED = "DeletionFailed"
_RETRY_SECONDS = 5.0


class Undertaker:
    """Deletes, or leaves, what a delivery has put in place; then lets the delivery go."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._since: dict[ObjectRef, float] = {}

    async def look(self, resource: Manifest) -> float | None:
        """One look at a delivery that is being deleted; seconds until the next, None if done."""
        world, ref = self._world, ObjectRef.of(resource)
        if world.dialect.finalizer not in (resource["metadata"].get("finalizers") or ()):
            return None
        again = await self._clear(resource)
        if again is None:
            await world.reporter.release(resource)
            self._since.pop(ref, None)
        return again

    async def _clear(self, resource: Manifest) -> float | None:
        world = self._world
        refs = world.reporter.inventory(resource)
        if world.dialect.is_suspended(resource) or not refs:
            return None
        try:
            delivery = world.dialect.delivery_of(resource)
        except InputError as error:
            self._warn(resource, f"cannot be read, so its objects are left: {error}")
            return None
        if not _deletes(delivery):
            return None
        if await is_going(world.clusters.home, world.dialect.kind):
            self._warn(resource, "its kind is being deleted, so its objects are left")
            return None
        try:
            key, cluster = await self._cluster(delivery)
        except (InputError, NotFound) as error:
            self._warn(resource, f"cluster cannot be reached, so objects are left: {error}")
            return None
        except TrueupError as error:
            self._warn(resource, f"cluster cannot be reached now: {error}")
            return _RETRY_SECONDS
        others = set(world.claimed_by_others(delivery, key, refs))
        mine = [ref for ref in refs if ref not in others]
        return await self._delete(resource, delivery, cluster, mine)

    async def _cluster(self, delivery: Delivery) -> tuple[str, Cluster]:
        """InputError or NotFound where what we act with is gone, or nobody can use it."""
        clusters, target = self._world.clusters, delivery.target
        if target.access is None and target.service_account:
            namespace, _, name = target.service_account.removeprefix(
                "system:serviceaccount:"
            ).partition(":")
            await clusters.home.get(ObjectRef("", "ServiceAccount", namespace, name, "v1"))
        return await clusters.cluster(delivery)

    async def _delete(
        self,
        resource: Manifest,
        delivery: Delivery,
        cluster: Cluster,
        refs: Sequence[ObjectRef],
    ) -> float | None:
        writer = Writer(Owner.of(delivery, cluster.client, objection=cluster.objection))
        remembered = self._world.memory.remembered(resource)
        outcomes: list[Outcome] = []
        for ref in sorted(refs, key=apply_order, reverse=True):
            known = remembered.get(ref)
            outcomes.append(await writer.delete(ref, known.uid if known else ""))
        failures = [outcome for outcome in outcomes if outcome.done is Done.FAILED]
        if failures:
            self._warn(resource, failure_message(failures))
            return _RETRY_SECONDS
        if delivery.ref not in self._since and (lines := change_lines(outcomes)):
            self._say(resource, _DELETED, "\n".join(lines))
        if delivery.deletion is DeletionPolicy.WAIT_FOR_TERMINATION:
            return await self._wait(resource, delivery, cluster, outcomes)
        return None

    async def _wait(
        self,
        resource: Manifest,
        delivery: Delivery,
        cluster: Cluster,
        outcomes: Sequence[Outcome],
    ) -> float | None:
        """Come back until all is gone, but not longer than the delivery's timeout."""
        now = self._world.steady()
        since = self._since.setdefault(delivery.ref, now)
        marked = [outcome.ref for outcome in outcomes if outcome.done is Done.DELETED]
        left = [ref for ref in marked if await _exists(cluster, ref)]
        if not left:
            return None
        if now - since >= delivery.health.timeout:
            names = ", ".join(map(str, left))
            self._warn(resource, f"still there after the timeout: {names}")
            return None
        return 1.0

    def _warn(self, resource: Manifest, message: str) -> None:
        self._say(resource, _FAILED, message, warning=True)

    def _say(self, resource: Manifest, reason: str, message: str, *, warning: bool = False) -> None:
        self._world.reporter.say(resource, reason, message, warning=warning)


def _deletes(delivery: Delivery) -> bool:
    match delivery.deletion:
        case DeletionPolicy.MIRROR_PRUNE:
            return delivery.prune
        case DeletionPolicy.ORPHAN:
            return False
        case _:
            return True


async def _exists(cluster: Cluster, ref: ObjectRef) -> bool:
    try:
        return await cluster.client.find(ref) is not None
    except NotFound:
        return False
    except ApiError:
        return True
