"""Local repositories and caches; servers are in tests/e2e."""

from pathlib import Path

import pytest

from trueup.fetch.git import GitCache, Remote
from trueup.testing.git import GitRepo


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """One commit on ``main`` with ``app/a.yaml``."""
    made = GitRepo(tmp_path / "repo.git")
    made.commit({"app/a.yaml": "a: 1\n"})
    return made


@pytest.fixture
def remote(repo: GitRepo) -> Remote:
    return Remote.at(repo.url)


@pytest.fixture
def cache(tmp_path: Path) -> GitCache:
    return GitCache(tmp_path / "cache")
