"""Watching objects, over interruptions, until something is so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TypeVar

from trueup.cluster.client import Client
from trueup.cluster.sending import WatchEvent
from trueup.errors import Gone, NotFound, Unavailable
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

T = TypeVar("T")

_PAUSE = 0.5
"""Seconds before a watch is opened again, so that a server in trouble is not hammered."""


async def changes(
    client: Client,
    gvk: GroupVersionKind,
    namespace: str = "",
    *,
    label_selector: str = "",
    field_selector: str = "",
) -> AsyncGenerator[list[WatchEvent]]:
    """What is there (all as ADDED), then each change, for ever.

    A watch that ends is taken up where it stopped; after an expiry the list is read again, so
    that a change may be told twice but is never missed. Raises ApiError if the list fails.
    """
    version = ""
    while True:
        if not version:
            listing = await client.list(
                gvk, namespace, label_selector=label_selector, field_selector=field_selector
            )
            version = listing.resource_version
            yield [WatchEvent("ADDED", item) for item in listing.items]
        try:
            async with client.watch(
                gvk,
                namespace,
                resource_version=version,
                label_selector=label_selector,
                field_selector=field_selector,
            ) as stream:
                async for event in stream:
                    version = event.object["metadata"]["resourceVersion"]
                    if event.type != "BOOKMARK":
                        yield [event]
        except Gone:
            version = ""
        except Unavailable:
            pass
        await asyncio.sleep(_PAUSE)


async def until(
    client: Client, ref: ObjectRef, decide: Callable[[Manifest], T | None], *, timeout: float
) -> T:
    """What ``decide`` says of the object, as soon as it is not None.

    Raises TimeoutError, and NotFound if the object goes away.
    """
    selector = f"metadata.name={ref.name}"
    async with (
        asyncio.timeout(timeout),
        aclosing(changes(client, ref.gvk, ref.namespace, field_selector=selector)) as batches,
    ):
        async for batch in batches:
            for event in batch:
                if event.type == "DELETED":
                    raise NotFound("was deleted meanwhile", subject=str(ref))
                decision = decide(event.object)
                if decision is not None:
                    return decision
    raise AssertionError("changes never end")


async def until_gone(client: Client, ref: ObjectRef, *, timeout: float) -> None:
    """Returns once there is no such object, or no such kind. Raises TimeoutError."""
    selector = f"metadata.name={ref.name}"
    try:
        async with (
            asyncio.timeout(timeout),
            aclosing(changes(client, ref.gvk, ref.namespace, field_selector=selector)) as batches,
        ):
            async for batch in batches:
                if not batch or batch[-1].type == "DELETED":
                    return
    except NotFound:
        return
