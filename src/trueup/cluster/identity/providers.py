"""The providers by name. A cloud's library is loaded only where that cloud is asked for."""

from __future__ import annotations

from importlib import import_module

from trueup.cluster.client import Client
from trueup.cluster.identity.access import Provider
from trueup.cluster.identity.generic import Generic
from trueup.errors import InputError, MissingExtra

CLOUDS = {"aws": "Aws", "azure": "Azure", "gcp": "Gcp"}
"""Each in the module of that name, with its library in the extra of that name."""


def provider_of(name: str, home: Client) -> Provider:
    """InputError if there is none of that name, MissingExtra if its library is not installed."""
    if name == "generic":
        return Generic(home)
    if name not in CLOUDS:
        known = ", ".join([*CLOUDS, "generic"])
        raise InputError(f"its provider {name!r} is none", next_step=f"choose one of {known}")
    try:
        module = import_module(f"trueup.cluster.identity.{name}")
    except ImportError as error:
        library = (error.name or "").partition(".")[0]
        raise MissingExtra(
            f"its provider {name} needs {library}, which is not installed",
            next_step=f"install trueup[{name}]",
        ) from error
    provider: Provider = getattr(module, CLOUDS[name])()
    return provider
