"""A control plane with the sources controller, and a repository to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trueup.testing.git import GitRepo
from trueup.testing.source_world import SourceWorld, copy_of_empty_cluster


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster") / "data"


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """Where a world keeps its things."""
    return copy_of_empty_cluster(template, tmp_path)


@pytest.fixture
async def world(folder: Path) -> AsyncIterator[SourceWorld]:
    async with SourceWorld(folder).running() as running:
        yield running


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """One commit on ``main`` with ``app/a.yaml``."""
    made = GitRepo(tmp_path / "repo.git")
    made.commit({"app/a.yaml": "a: 1\n"}, message="add a")
    return made
