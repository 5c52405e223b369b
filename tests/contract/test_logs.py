"""Following the log of a simulated Pod: a client is kept for as long as its container runs."""

from __future__ import annotations

import asyncio

import pytest

from tests.contract.server import Api
from trueup.testing.patience import PATIENCE

_PODS = "/api/v1/namespaces/{ns}/pods"
_LOG = f"{_PODS}/p/log"


async def test_who_follows_a_log_has_what_there_is_at_once_and_waits_for_more(
    node_api: Api,
) -> None:
    await _start(node_api)
    following = node_api.transport.stream(node_api.filled(_LOG), [("follow", "true")], {})
    async with asyncio.timeout(PATIENCE), following as lines:
        assert (await anext(lines)).startswith(b"This container is simulated")
        assert await anext(lines)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(lines), 0.5)


async def test_following_a_log_ends_with_the_bytes_that_were_asked_for(node_api: Api) -> None:
    await _start(node_api)
    async with asyncio.timeout(PATIENCE):
        reply = await node_api.send("GET", f"{_LOG}?follow=true&limitBytes=4")
    assert reply.body == "This"


async def _start(api: Api) -> None:
    spec = {"nodeName": "{node}", "containers": [{"name": "c", "image": "i"}]}
    await api.send("POST", _PODS, {"metadata": {"name": "p"}, "spec": spec})
    async with asyncio.timeout(PATIENCE):
        while (await api.send("GET", _LOG)).code != 200:
            await asyncio.sleep(0.02)
