"""The options that let one of several replicas work while the others stand by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from trueup.cluster import Client
    from trueup.controllers.probes import Probes
    from trueup.objects import ObjectRef


def election_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them; the verb gets what they say as ``lease``, None for no election.

    Its namespace is empty if none was named.
    """

    @click.option(
        "--leader-elect/--no-leader-elect",
        default=True,
        help="Let only one of several replicas work: the one that holds the Lease. On by default.",
    )
    @click.option(
        "--lease-namespace",
        metavar="NAME",
        default="",
        help="Namespace of the Lease; default: the Pod's, or the one that the kubeconfig names.",
    )
    @click.option(
        "--lease-name",
        metavar="NAME",
        default="trueup-controller",
        show_default=True,
        help="The same for all replicas.",
    )
    @wraps(command)
    def with_lease(
        *, leader_elect: bool, lease_namespace: str, lease_name: str, **options: Any
    ) -> Any:
        from trueup.controllers.leader import lease_ref

        lease = lease_ref(lease_namespace, lease_name) if leader_elect else None
        return command(lease=lease, **options)

    return with_lease


async def run_elected(
    client: Client, lease: ObjectRef | None, work: Callable[[], Awaitable[None]], probes: Probes
) -> None:
    """Do ``work``: while this process holds ``lease``, if there is one."""
    from trueup.controllers.leader import Election
    from trueup.controllers.metrics import Metric

    if lease is None:
        await work()
        return
    election = Election(client, lease)

    def leading() -> list[Metric]:
        return [Metric.of("trueup_leader", "Whether this replica leads.", election.leads)]

    with probes.telling("election", lambda: election.problem, leading):
        await election.run(work)
