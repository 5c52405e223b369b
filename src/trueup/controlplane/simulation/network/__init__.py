"""Services and Ingresses: endpoints of ready pods, and addresses that lead nowhere."""

from trueup.controlplane.simulation.network.ingresses import Ingresses
from trueup.controlplane.simulation.network.services import Services

__all__ = ["Ingresses", "Services"]
