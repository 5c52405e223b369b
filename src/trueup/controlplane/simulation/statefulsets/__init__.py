"""StatefulSets: pods with names, in order, each with claims of its own."""

from trueup.controlplane.simulation.statefulsets.controller import StatefulSets

__all__ = ["StatefulSets"]
