"""Other systems in the cluster that work on the same resources, or on the same objects."""

from __future__ import annotations

from trueup.cluster import Client
from trueup.controllers.replicas.rivals import Rivals, Sign
from trueup.dialects.argocd.tracking import CONTROLLER as ARGOCD
from trueup.dialects.flux.rivals import RIVALS as FLUX
from trueup.installation.findings import Finding, failed, ok, warning


async def neighbours(client: Client) -> list[Sign]:
    """What shows that they live; those with a workload first."""
    rivals = Rivals(client, (*FLUX, ARGOCD))
    async with rivals.watched():
        return rivals.signs()


async def is_shared(client: Client) -> bool:
    """Whether somebody else works on the very resources that Trueup does."""
    return any(sign.rival.exclusive for sign in await neighbours(client))


async def neighbourhood(client: Client) -> list[Finding]:
    """One finding for each of them, or that there is none."""
    found = [_finding(sign) for sign in await neighbours(client)]
    return found or [ok("Other systems", "neither Flux nor Argo CD runs here")]


def _finding(sign: Sign) -> Finding:
    if sign.rival.exclusive:
        cause = f"{sign}, and Trueup stands by as long as it does"
        return failed("Other systems", cause, "hand over with trueup migrate")
    return warning("Other systems", f"{sign}; Trueup leaves to it what it keeps")
