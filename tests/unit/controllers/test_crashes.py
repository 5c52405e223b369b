"""A crash before or after any single write of the controllers: afterwards the story ends the same.

The process dies in two commits' worth of work, at each write in turn; a new one goes on. The real
``kill -9`` of a process is in ``tests/e2e/test_kill.py``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from trueup.cluster.transport import Answer

from .conftest import PATIENCE, Stage, config_map, config_map_ref

FIRST = {f"app/{name}.yaml": config_map(name, key="1") for name in ("kept", "changed", "dropped")}
SECOND = {
    "app/changed.yaml": config_map("changed", key="2"),
    "app/dropped.yaml": None,
    "app/added.yaml": config_map("added", key="1"),
}


def crash_at(stage: Stage, write: int, *, after: bool) -> asyncio.Event:
    """Freeze the controllers for good around their ``write``-th write; set when that is so."""
    transport, frozen = stage.embedded.transport, asyncio.Event()
    request, seen = transport.request, 0

    async def crashing(method: str, path: str, *rest: Any) -> Answer:
        nonlocal seen
        seen += method != "GET"
        if method == "GET" or seen < write:
            return await request(method, path, *rest)
        if seen == write and after:
            await request(method, path, *rest)
        frozen.set()
        await asyncio.Event().wait()
        raise AssertionError("a dead process does not go on")

    transport.request = crashing  # type: ignore[method-assign]
    return frozen


@pytest.mark.parametrize("write", range(1, 13))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_crash_while_the_first_commit_is_applied(
    tmp_path: Path, write: int, after: bool
) -> None:
    async with Stage.at(tmp_path) as stage:
        stage.repo.commit(FIRST)
        await stage.apply(config_map("foreign"))
        await stage.source()
        crashed = crash_at(stage, write, after=after)
        await stage.delivery()
        await asyncio.wait_for(crashed.wait(), PATIENCE)
        await stage.restart()
        await stage.ready()
        assert await data(stage) == {"kept": "1", "changed": "1", "dropped": "1", "foreign": None}


@pytest.mark.parametrize("write", range(1, 10))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_crash_while_the_second_commit_is_applied_and_pruned(
    tmp_path: Path, write: int, after: bool
) -> None:
    async with Stage.at(tmp_path) as stage:
        stage.repo.commit(FIRST)
        await stage.apply(config_map("foreign"))
        await stage.source()
        await stage.delivery()
        await stage.ready()
        await stage.looked_at()
        before = await stage.get(config_map_ref("kept"))
        crashed = crash_at(stage, write, after=after)
        revision = await stage.commit(SECOND)
        await asyncio.wait_for(crashed.wait(), PATIENCE)
        await stage.restart()
        await stage.ready(revision=revision)
        assert await data(stage) == {"kept": "1", "changed": "2", "added": "1", "foreign": None}
        assert await stage.get(config_map_ref("kept")) == before


async def data(stage: Stage) -> dict[str, str | None]:
    """Every ConfigMap in the namespace of the story, with what it holds."""
    listing = await stage.person.list(config_map_ref("").gvk, "default")
    return {
        item["metadata"]["name"]: (item.get("data") or {}).get("key")
        for item in listing.items
        if item["metadata"]["name"] != "kube-root-ca.crt"
    }
