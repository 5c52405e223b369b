"""After a restart the artifact is there again from the cache, without the network."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from trueup.testing.git import GitRepo, submodule_at
from trueup.testing.source_world import SourceWorld, condition


def tip(repo: GitRepo) -> str:
    return str(repo.repository.references["refs/heads/main"].target)


async def start_twice(folder: Path, repo: GitRepo, between: Any, **spec: Any) -> SourceWorld:
    """Stores an artifact, stops, does ``between``, and starts anew; the world ends with the test."""
    async with SourceWorld(folder).running() as world:
        await world.create(repo.url, **spec)
        await world.ready()
    between()
    return SourceWorld(folder)


SPECS: list[dict[str, Any]] = [
    {},
    {"ignore": "*.md"},
    {"sparseCheckout": ["app"]},
    {"ref": {"name": "refs/heads/main"}},
]


@pytest.mark.parametrize("spec", SPECS)
async def test_a_remote_that_is_away_does_not_take_the_artifact_away(
    spec: dict[str, Any], folder: Path, repo: GitRepo
) -> None:
    again = await start_twice(folder, repo, lambda: shutil.rmtree(repo.path), **spec)
    async with again.running() as world:
        assert (await world.artifact()).tree.read("app/a.yaml") == b"a: 1\n"
        assert condition(await world.failed(), "ArtifactInStorage")["status"] == "True"


async def test_submodules_are_there_again_too(folder: Path, repo: GitRepo, tmp_path: Path) -> None:
    library = GitRepo(tmp_path / "lib.git")
    library.commit({"lib.yaml": "lib: 1\n"})
    modules = '[submodule "l"]\n\tpath = lib\n\turl = ../lib.git\n'
    repo.commit({".gitmodules": modules, "lib": submodule_at(tip(library))})
    gone = lambda: shutil.rmtree(repo.path)  # noqa: E731
    again = await start_twice(folder, repo, gone, recurseSubmodules=True)
    async with again.running() as world:
        assert (await world.artifact()).tree.read("lib/lib.yaml") == b"lib: 1\n"


async def test_a_cache_that_was_lost_is_filled_again(folder: Path, repo: GitRepo) -> None:
    again = await start_twice(folder, repo, lambda: shutil.rmtree(folder / "cache"))
    async with again.running() as world:
        assert (await world.artifact()).tree.is_file("app/a.yaml")


async def test_a_status_that_names_another_revision_gives_nothing_away(
    folder: Path, repo: GitRepo
) -> None:
    secret = repo.commit({"app/a.yaml": "secret\n"}, branch="other")
    async with SourceWorld(folder).running() as world:
        await world.create(repo.url, name="theirs", ref={"branch": "other"})
        await world.ready("theirs")
        await world.create(repo.url)
        artifact = (await world.ready())["status"]["artifact"]
        forged = artifact | {"revision": f"main@sha1:{secret}"}
        await world.client.patch(
            world.ref(),
            {"status": {"artifact": forged}},
            type="merge",
            field_manager="mallory",
            subresource="status",
        )
        await world.change(suspend=True)
    async with SourceWorld(folder).running() as world:
        await world.request("now")
        assert world.artifacts.get(world.ref()) is None


async def test_a_restart_writes_nothing_where_nothing_changed(folder: Path, repo: GitRepo) -> None:
    again = await start_twice(folder, repo, lambda: None)
    async with again.running() as world:
        await world.artifact()
        await world.create(repo.url, name="later")
        await world.ready("later")
        assert not [call for call in world.transport.calls if call[1].endswith("/web/status")]
