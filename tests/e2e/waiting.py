"""Waiting for what one object says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trueup.cluster import Client
from trueup.cluster.following import until
from trueup.objects import Manifest, ObjectRef


async def came_true(
    client: Client, ref: ObjectRef, holds: Callable[[Manifest], bool], *, timeout: float
) -> Manifest:
    """The object, once ``holds`` of it; the test fails after ``timeout`` seconds."""
    seen: list[Manifest] = []

    def decide(obj: Manifest) -> Manifest | None:
        seen[:] = [obj]
        return obj if holds(obj) else None

    try:
        return await until(client, ref, decide, timeout=timeout)
    except TimeoutError:
        pytest.fail(f"{ref} did not come true: {seen}")
