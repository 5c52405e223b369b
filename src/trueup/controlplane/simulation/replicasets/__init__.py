"""ReplicaSets: as many pods of one template as asked for."""

from trueup.controlplane.simulation.replicasets.controller import ReplicaSets

__all__ = ["ReplicaSets"]
