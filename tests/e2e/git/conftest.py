"""Real Git servers on loopback, and the sources controller beside a control plane."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trueup.fetch.git import GitCache
from trueup.testing.certificates import Authority
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer, git_http_server
from trueup.testing.git_ssh import GitSshServer, git_ssh_server, has_sshd
from trueup.testing.source_world import SourceWorld, copy_of_empty_cluster


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """``repo.git`` with one commit on ``main``: ``app/a.yaml``."""
    (tmp_path / "git").mkdir()
    made = GitRepo(tmp_path / "git" / "repo.git")
    made.commit({"app/a.yaml": "a: 1\n"}, message="add a")
    return made


@pytest.fixture
def cache(tmp_path: Path) -> GitCache:
    return GitCache(tmp_path / "fetched")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def http(repo: GitRepo) -> AsyncIterator[GitHttpServer]:
    """Serves the folder of ``repo``."""
    async with git_http_server(repo.path.parent) as server:
        yield server


@pytest.fixture
async def https(repo: GitRepo, authority: Authority) -> AsyncIterator[GitHttpServer]:
    """The same, with a certificate of ``authority``."""
    async with git_http_server(repo.path.parent, authority.server_context()) as server:
        yield server


@pytest.fixture
async def ssh(tmp_path: Path) -> AsyncIterator[GitSshServer]:
    if not has_sshd():
        pytest.skip("sshd is not installed (Debian: openssh-server): nothing is tested over SSH")
    folder = tmp_path / "sshd"
    folder.mkdir()
    async with git_ssh_server(folder) as server:
        yield server


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
