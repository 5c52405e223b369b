"""``kill -9`` of the real process in the middle of its work: a new one brings the same end.

The sweep over every single write is in ``tests/unit/controllers/test_crashes.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.homes import HOMES, home_in
from trueup.cluster import Client
from trueup.cluster.following import changes, until
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.testing.git import GitRepo
from trueup.testing.home import Home
from trueup.testing.patience import PATIENCE

pytestmark = pytest.mark.e2e

COUNT = 120
CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
DELIVERY = ObjectRef("kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", "app", "v1")


@pytest.fixture(params=HOMES)
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    async with home_in(tmp_path, request.param) as home:
        await home.start()
        yield home


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo.git")
    repo.commit({f"app/{n}.yaml": config_map(f"c{n}") for n in range(COUNT)})
    return repo


async def test_in_the_middle_of_an_apply(home: Home, repo: GitRepo) -> None:
    async with home.client() as client:
        await deliver(client, repo)
        await seen(client, lambda maps: len(maps) > COUNT // 4)
    await home.kill()
    await home.start()
    async with home.client() as client:
        await live(client, repo)
        assert len(await delivered(client)) == COUNT


async def test_in_the_middle_of_a_prune(home: Home, repo: GitRepo) -> None:
    async with home.client() as client:
        await deliver(client, repo)
        await live(client, repo)
        kept = {name: uid for name, uid in (await delivered(client)).items() if int(name[1:]) >= 50}
        repo.commit({f"app/{n}.yaml": None for n in range(50)})
        await look_again(client)
        await seen(client, lambda maps: len(maps) < COUNT - 5)
    await home.kill()
    await home.start()
    async with home.client() as client:
        await live(client, repo)
        assert await delivered(client) == kept
        assert await client.find(foreign()) is not None


async def test_in_the_middle_of_a_status_write(home: Home, repo: GitRepo) -> None:
    async with home.client() as client:
        await deliver(client, repo)
        await until(client, DELIVERY, has_inventory, timeout=PATIENCE)
    await home.kill()
    await home.start()
    async with home.client() as client:
        found = await live(client, repo)
        assert len(found["status"]["inventory"]["entries"]) == COUNT
        assert len(await delivered(client)) == COUNT


async def deliver(client: Client, repo: GitRepo) -> None:
    """A source and a delivery of the repository, beside an object of somebody else's."""
    for text in (NAMESPACE, SOURCE.format(url=repo.url), KUSTOMIZATION, config_map("foreign")):
        await client.apply(yaml.load(text), field_manager="person")


async def look_again(client: Client) -> None:
    source = ObjectRef("source.toolkit.fluxcd.io", "GitRepository", "flux-system", "repo", "v1")
    patch = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}}
    await client.patch(source, patch, field_manager="person")


async def live(client: Client, repo: GitRepo) -> Manifest:
    """The delivery, once it is live at the tip."""
    tip = str(repo.repository.references["refs/heads/main"].target)

    def is_live(obj: Manifest) -> Manifest | None:
        status: dict[str, Any] = obj.get("status") or {}
        ready = [c["status"] for c in status.get("conditions") or () if c["type"] == "Ready"]
        at_tip = str(status.get("lastAppliedRevision")).endswith(tip)
        return obj if at_tip and ready == ["True"] else None

    return await until(client, DELIVERY, is_live, timeout=PATIENCE)


def has_inventory(obj: Manifest) -> bool | None:
    return bool((obj.get("status") or {}).get("inventory")) or None


async def seen(client: Client, holds: Callable[[set[str]], bool]) -> None:
    """Returns as soon as ``holds`` of the names of what is delivered."""
    names: set[str] = set()
    selector = "kustomize.toolkit.fluxcd.io/name=app"
    async with aclosing(changes(client, CONFIG_MAP, "default", label_selector=selector)) as batches:
        async for batch in batches:
            for event in batch:
                name = event.object["metadata"]["name"]
                (names.discard if event.type == "DELETED" else names.add)(name)
            if holds(names):
                return


async def delivered(client: Client) -> dict[str, str]:
    """The uids of the delivered ConfigMaps by name."""
    listing = await client.list(
        CONFIG_MAP, "default", label_selector="kustomize.toolkit.fluxcd.io/name=app"
    )
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in listing.items}


def config_map(name: str) -> str:
    return f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}, namespace: default}}}}\n"


def foreign() -> ObjectRef:
    return ObjectRef("", "ConfigMap", "default", "foreign", "v1")


NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: flux-system}}"
SOURCE = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: repo, namespace: flux-system}}
spec: {{interval: 1h, url: "{url}", ref: {{branch: main}}}}
"""
KUSTOMIZATION = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: flux-system}
spec:
  interval: 1h
  path: ./app
  prune: true
  sourceRef: {kind: GitRepository, name: repo}
"""
