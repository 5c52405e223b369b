"""The simulation of what runs in a cluster: the controllers, scheduler and kubelets, on one screen.

Each is a loop on the client interface, as the real ones are; what they decide is decided by pure
functions in the files beside them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from trueup.cluster import Client
from trueup.controlplane.simulation import kinds
from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.daemonsets import DaemonSets
from trueup.controlplane.simulation.deployments import Deployments
from trueup.controlplane.simulation.disruption import DisruptionBudgets
from trueup.controlplane.simulation.jobs import CronJobs, Jobs
from trueup.controlplane.simulation.network import Ingresses, Services
from trueup.controlplane.simulation.nodes import Nodes
from trueup.controlplane.simulation.pods.kubelet import Kubelet
from trueup.controlplane.simulation.pods.scheduler import Scheduler
from trueup.controlplane.simulation.replicasets import ReplicaSets
from trueup.controlplane.simulation.statefulsets import StatefulSets
from trueup.controlplane.simulation.storage import Claims, StorageClasses, Volumes
from trueup.controlplane.simulation.world import World

ClientFor: TypeAlias = Callable[[str], Client]
"""A client that acts as the user of this name; it must be allowed everything."""

_KINDS = (
    kinds.DEPLOYMENT,
    kinds.REPLICA_SET,
    kinds.STATEFUL_SET,
    kinds.DAEMON_SET,
    kinds.CONTROLLER_REVISION,
    kinds.JOB,
    kinds.CRON_JOB,
    kinds.POD,
    kinds.NODE,
    kinds.SERVICE,
    kinds.ENDPOINTS,
    kinds.ENDPOINT_SLICE,
    kinds.INGRESS,
    kinds.CLAIM,
    kinds.VOLUME,
    kinds.STORAGE_CLASS,
    kinds.DISRUPTION_BUDGET,
)


class Simulation:
    """``run`` keeps simulated workloads going until it is cancelled; all state is in the API."""

    def __init__(self, client_for: ClientFor, clock: Clock, *, nodes: int = 1) -> None:
        self._world = World(client_for("system:kube-controller-manager"), _KINDS)
        manager = self._actor(client_for, "system:kube-controller-manager", clock)
        scheduler = self._actor(client_for, "system:kube-scheduler", clock)
        kubelet = self._actor(client_for, "system:node:simulated-1", clock, "kubelet")
        self._started = False
        self._actors = (manager, scheduler, kubelet)
        world = self._world
        self._controllers: tuple[Controller, ...] = (
            Nodes(world, kubelet, clock, nodes),
            Scheduler(world, scheduler, clock),
            Kubelet(world, kubelet, clock),
            ReplicaSets(world, manager, clock),
            Deployments(world, manager, clock),
            StatefulSets(world, manager, clock),
            DaemonSets(world, manager, clock),
            Jobs(world, manager, clock),
            CronJobs(world, manager, clock),
            Services(world, manager, clock),
            Ingresses(world, manager, clock),
            Claims(world, manager, clock),
            Volumes(world, manager, clock),
            StorageClasses(world, manager, clock),
            DisruptionBudgets(world, manager, clock),
        )

    async def run(self) -> None:
        """Watch, decide and write for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._world.run())
            await self._world.wait_synced()
            for actor in self._actors:
                group.create_task(actor.write_events())
            for controller in self._controllers:
                group.create_task(controller.run())
            self._started = True

    @property
    def is_idle(self) -> bool:
        """Whether all that is known has been looked at; what waits for the clock does not count."""
        return self._started and not any(len(c.queue) for c in self._controllers)

    def wake(self) -> None:
        """The clock was moved: look which waits are over."""
        for controller in self._controllers:
            controller.queue.wake()

    def _actor(self, client_for: ClientFor, user: str, clock: Clock, manager: str = "") -> Actor:
        name = manager or user.removeprefix("system:")
        return Actor(client_for(user), self._world, name, clock)
