"""Deployments: one ReplicaSet per revision of the pod template, and the way from one to the next.

``decide`` reads like the algorithm; ``revisions`` numbers the ReplicaSets, ``sizes`` and
``rollout`` say how large each may be, ``status`` what is reported.
"""

from trueup.controlplane.simulation.deployments.controller import Deployments

__all__ = ["Deployments"]
