"""The options that let several replicas share the work, or stand by for each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from trueup.errors import InputError

if TYPE_CHECKING:
    from trueup.cluster import Client
    from trueup.controllers.metrics import Metric
    from trueup.controllers.probes import Probes
    from trueup.controllers.replicas.shards import Shards, Work
    from trueup.objects import ObjectRef


@dataclass(frozen=True, slots=True)
class Replicas:
    """How this process gets on with others: by ``lease`` (None: it is alone), in ``shards``."""

    lease: ObjectRef | None
    shards: int = 1

    def in_namespace(self, default: str) -> Replicas:
        """With the Lease in ``default`` if no namespace was named."""
        if self.lease is None or self.lease.namespace:
            return self
        return replace(self, lease=replace(self.lease, namespace=default))


def replica_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them; the verb gets what they say as ``replicas``."""

    @click.option(
        "--leader-elect/--no-leader-elect",
        default=True,
        help="Let only one of several replicas work: the one that holds the Lease. On by default.",
    )
    @click.option(
        "--shards",
        metavar="N",
        type=click.IntRange(1, 100),
        default=1,
        show_default=True,
        help="Split the work into N parts, each for one of several replicas.",
    )
    @click.option(
        "--lease-namespace",
        metavar="NAME",
        default="",
        help="Namespace of the Leases; default: the Pod's, or the one that the kubeconfig names.",
    )
    @click.option(
        "--lease-name",
        metavar="NAME",
        default="trueup-controller",
        show_default=True,
        help="The same for all replicas; shards add their number to it.",
    )
    @wraps(command)
    def with_replicas(
        *, leader_elect: bool, shards: int, lease_namespace: str, lease_name: str, **options: Any
    ) -> Any:
        from trueup.controllers.replicas.leader import lease_ref

        if shards > 1 and not leader_elect:
            raise InputError(
                "--shards needs Leases, so it does not go with --no-leader-elect",
                next_step="leave one of them out",
            )
        lease = lease_ref(lease_namespace, lease_name) if leader_elect else None
        return command(replicas=Replicas(lease, shards), **options)

    return with_replicas


async def run_shared(client: Client, replicas: Replicas, work: Work, probes: Probes) -> None:
    """Do ``work`` for all shards that fall to this process."""
    from trueup.controllers.replicas.shard import ALL
    from trueup.controllers.replicas.shards import Shards

    if replicas.lease is None:
        await work(ALL, client)
        return
    shards = Shards(client, replicas.lease, replicas.shards)
    with probes.telling("election", lambda: shards.problem, lambda: _metrics(shards)):
        await shards.run(work)


def _metrics(shards: Shards) -> list[Metric]:
    from trueup.controllers.metrics import Metric, Sample

    served = shards.served
    number = Metric.of("trueup_shards", "Into how many parts the work is split.", shards.count)
    parts = tuple(Sample(1, {"shard": str(shard.number)}) for shard in served)
    return [
        Metric.of("trueup_leader", "Whether this replica works, not just stands by.", bool(served)),
        number,
        Metric("trueup_shard", "The parts that this replica works on.", parts),
    ]
