"""DaemonSets: one pod on each node."""

from trueup.controlplane.simulation.daemonsets.controller import DaemonSets

__all__ = ["DaemonSets"]
