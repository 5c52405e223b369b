"""Stopping the controllers of an installation, and making sure that none runs on."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from trueup.cluster import Client, following
from trueup.errors import InputError, TrueupError
from trueup.installation.leases import leaderships, leases_in
from trueup.installation.pods import POD, pods_of
from trueup.objects import Manifest, ObjectRef


def deployment_in(namespace: str) -> ObjectRef:
    """The Deployment of an installation."""
    return ObjectRef("apps", "Deployment", namespace, "trueup-controller", "v1")


async def stop(client: Client, namespace: str, *, timeout: float) -> bool:
    """Delete the Deployment, and return once none of its Pods is left; whether it was there."""
    ref = deployment_in(namespace)
    live = await client.find(ref)
    if live is not None:
        await client.delete(ref)
        await _await_no_pods(client, live, timeout)
    return live is not None


async def refuse_if_led(client: Client, namespace: str) -> None:
    """Raises InputError where a controller still runs: it would undo what is done now."""
    if await client.find(ObjectRef("", "Namespace", "", namespace, "v1")) is None:
        return
    for lead in await leaderships(client, await leases_in(client, namespace)):
        if lead.renews:
            raise InputError(
                f"is held by {lead.holder}, which renews it and is no Pod of the Deployment",
                subject=str(lead.ref),
                next_step="stop that controller first",
            )


async def _await_no_pods(client: Client, deployment: Manifest, timeout: float) -> None:
    left: list[Manifest] = []
    namespace = deployment["metadata"]["namespace"]
    try:
        async with (
            asyncio.timeout(timeout),
            aclosing(following.changes(client, POD, namespace)) as batches,
        ):
            async for _ in batches:
                left = await pods_of(client, deployment)
                if not left:
                    return
    except TimeoutError:
        names = ", ".join(pod["metadata"]["name"] for pod in left)
        raise TrueupError(
            f"its Pods did not end within {timeout:g} s: {names}",
            subject=str(ObjectRef.of(deployment)),
            next_step="see why, and run this again",
        ) from None
