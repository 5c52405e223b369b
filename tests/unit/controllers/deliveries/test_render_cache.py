"""Renderings that wait for others: nobody is held up by them, and what they give is not lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from trueup.controllers.deliveries.render_cache import RenderCache, StillMaking
from trueup.controllers.deliveries.rendering_store import RenderingStore
from trueup.dialects.flux.conventions import CONVENTIONS
from trueup.errors import InputError
from trueup.flow import Delivery, Rendering
from trueup.objects import Manifest, ObjectRef
from trueup.tree import MemoryTree, Tree

REF = ObjectRef("kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "app", "v1")
SOURCE = ObjectRef("source.toolkit.fluxcd.io", "GitRepository", "apps", "repo", "v1")
Told = asyncio.Queue[ObjectRef]
TREE = MemoryTree({"a.yaml": b"a: 1"})


class Service:
    """Renders once it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.go = threading.Event()
        self.error: Exception | None = None

    def render(self, tree: Tree, inputs: Sequence[Manifest]) -> Rendering:
        self.asked += 1
        self.go.wait(60)
        if self.error is not None:
            raise self.error
        return Rendering((), f"sha256:{self.asked}")

    def delivery(self, key: str = "") -> Delivery:
        return Delivery(
            REF, SOURCE, "app", 60, 60, CONVENTIONS, {}, self.render, f"key{key}", waits=True
        )


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def told() -> Told:
    return asyncio.Queue()


@pytest.fixture
async def cache(tmp_path: Path, service: Service, told: Told) -> AsyncIterator[RenderCache]:
    cache = RenderCache(RenderingStore(tmp_path), on_made=told.put_nowait)
    cache.held_seconds = 0
    yield cache
    service.go.set()
    cache.close()


async def come_back(told: Told) -> ObjectRef:
    return await asyncio.wait_for(told.get(), 60)


async def test_what_takes_its_time_is_there_for_who_comes_back(
    cache: RenderCache, service: Service, told: Told
) -> None:
    with pytest.raises(StillMaking):
        await cache.render(service.delivery(), TREE, ())
    service.go.set()
    assert await come_back(told) == REF
    assert (await cache.render(service.delivery(), TREE, ())).digest == "sha256:1"
    assert service.asked == 1


async def test_who_comes_early_does_not_ask_twice(
    cache: RenderCache, service: Service, told: Told
) -> None:
    for _ in range(2):
        with pytest.raises(StillMaking):
            await cache.render(service.delivery(), TREE, ())
    service.go.set()
    await come_back(told)
    assert service.asked == 1


async def test_an_error_is_told_to_who_comes_back_and_then_tried_anew(
    cache: RenderCache, service: Service, told: Told
) -> None:
    service.error = InputError("no answer")
    with pytest.raises(StillMaking):
        await cache.render(service.delivery(), TREE, ())
    service.go.set()
    await come_back(told)
    with pytest.raises(InputError, match="no answer"):
        await cache.render(service.delivery(), TREE, ())
    cache.held_seconds = 60
    with pytest.raises(InputError, match="no answer"):
        await cache.render(service.delivery(), TREE, ())
    assert service.asked == 2


async def test_what_is_wanted_otherwise_meanwhile_is_made_anew(
    cache: RenderCache, service: Service, told: Told
) -> None:
    for key in "ab":
        with pytest.raises(StillMaking):
            await cache.render(service.delivery(key), TREE, ())
    service.go.set()
    await come_back(told)
    await cache.render(service.delivery("b"), TREE, ())
    assert service.asked == 2


async def test_one_that_is_gone_is_not_told_of(
    cache: RenderCache, service: Service, told: Told
) -> None:
    with pytest.raises(StillMaking):
        await cache.render(service.delivery(), TREE, ())
    cache.forget(REF)
    service.go.set()
    cache.held_seconds = 60
    await cache.render(service.delivery(), TREE, ())
    assert told.empty()


async def test_an_annotation_of_the_account_makes_another_rendering(
    cache: RenderCache, service: Service
) -> None:
    service.go.set()
    cache.held_seconds = 60
    for role in ("one", "one", "other"):
        await cache.render(service.delivery(), TREE, [account(role)])
    assert service.asked == 2


def account(role: str) -> Manifest:
    annotations = {"eks.amazonaws.com/role-arn": role}
    metadata = {"name": "a", "namespace": "apps", "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
