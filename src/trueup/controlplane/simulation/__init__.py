"""Simulated workloads: what would run in a cluster goes through its states, and nothing runs.

What belongs here: controllers for the built-in kinds, a scheduler, kubelets for simulated nodes.
They are clients of the control plane like any other, and keep all state in the API. What does not:
anything that the API server itself does (defaults, garbage collection, namespace lifecycle).
``docs/simulation.md`` says how to ask for failures.
"""

from __future__ import annotations

from trueup.cluster import Client
from trueup.controlplane.auth.user import AUTHENTICATED, MASTERS, User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.simulation import Simulation

__all__ = ["Clock", "Simulation", "simulation_of"]


def simulation_of(control_plane: ControlPlane, clock: Clock, *, nodes: int = 1) -> Simulation:
    """A simulation in the same process as a started control plane; ``run`` it as a task."""

    def client_for(user: str) -> Client:
        groups = (MASTERS, AUTHENTICATED)
        return Client(InProcessTransport(control_plane, User(user, groups=groups)))

    return Simulation(client_for, clock, nodes=nodes)
