"""The providers by name. Those of clouds are loaded only where one is asked for."""

from __future__ import annotations

from trueup.cluster.client import Client
from trueup.cluster.identity.access import Provider
from trueup.cluster.identity.generic import Generic
from trueup.errors import InputError


def provider_of(name: str, home: Client) -> Provider:
    """InputError if there is none of that name."""
    match name:
        case "generic":
            return Generic(home)
    raise InputError(f"its provider {name!r} is not supported", next_step="write provider: generic")
