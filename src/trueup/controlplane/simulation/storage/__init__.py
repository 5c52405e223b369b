"""Volumes: claims are bound to volumes that are there, or to new ones that hold nothing."""

from trueup.controlplane.simulation.storage.claims import Claims
from trueup.controlplane.simulation.storage.classes import StorageClasses
from trueup.controlplane.simulation.storage.volumes import Volumes

__all__ = ["Claims", "StorageClasses", "Volumes"]
