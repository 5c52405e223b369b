"""Following the log of a container that nobody runs ends when it would have ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest_asyncio

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.testing.patience import PATIENCE

PODS = "/api/v1/namespaces/default/pods"
STARTED = "2026-01-01T00:00:00Z"
JSON = {"Content-Type": "application/json"}
MERGE = {"Content-Type": "application/merge-patch+json"}


@pytest_asyncio.fixture
async def transport(tmp_path: Path) -> AsyncIterator[InProcessTransport]:
    """With a pod on a node, its container running."""
    plane = ControlPlane(tmp_path)
    await plane.start()
    found = InProcessTransport(plane, User("admin", groups=(MASTERS,)))
    spec = {"nodeName": "n", "containers": [{"name": "c", "image": "i"}]}
    await _send(found, "POST", "/api/v1/nodes", {"metadata": {"name": "n"}})
    await _send(found, "POST", PODS, {"metadata": {"name": "p"}, "spec": spec})
    await _report(found, {"running": {"startedAt": STARTED}})
    yield found
    await plane.stop()


async def test_it_ends_with_the_container(transport: InProcessTransport) -> None:
    async with asyncio.timeout(PATIENCE), _followed(transport) as lines:
        assert await anext(lines)
        assert await anext(lines)
        await _report(transport, {"terminated": {"exitCode": 0, "startedAt": STARTED}})
        assert [line async for line in lines] == []


async def test_it_ends_with_the_pod(transport: InProcessTransport) -> None:
    async with asyncio.timeout(PATIENCE), _followed(transport) as lines:
        assert await anext(lines)
        assert await anext(lines)
        await _send(transport, "DELETE", f"{PODS}/p", {"gracePeriodSeconds": 0})
        assert [line async for line in lines] == []


async def test_of_a_container_that_has_ended_it_ends_at_once(
    transport: InProcessTransport,
) -> None:
    await _report(transport, {"terminated": {"exitCode": 0, "startedAt": STARTED}})
    async with asyncio.timeout(PATIENCE), _followed(transport) as lines:
        assert len([line async for line in lines]) == 3


def _followed(transport: InProcessTransport) -> Any:
    return transport.stream(f"{PODS}/p/log", [("follow", "true")], {})


async def _report(transport: InProcessTransport, state: dict[str, Any]) -> None:
    """What kubelet reports of the container."""
    reported = {"name": "c", "image": "i", "imageID": "", "ready": True, "restartCount": 0}
    status = {"containerStatuses": [{**reported, "state": {"running": None, **state}}]}
    await _send(transport, "PATCH", f"{PODS}/p/status", {"status": status}, MERGE)


async def _send(
    transport: InProcessTransport,
    method: str,
    path: str,
    body: dict[str, Any],
    headers: dict[str, str] = JSON,
) -> None:
    answer = await transport.request(method, path, [], headers, orjson.dumps(body))
    assert answer.status < 300, answer.body
