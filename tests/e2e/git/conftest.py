"""Real Git servers on loopback, and the sources controller beside a control plane."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e.homes import HOMES
from tests.programs import programs_or_skip
from trueup.cluster import Client
from trueup.controllers.definitions import install
from trueup.dialects.flux.crds import crds
from trueup.fetch.git import GitCache
from trueup.objects import ObjectRef
from trueup.testing.certificates import Authority
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer, git_http_server
from trueup.testing.git_ssh import GitSshServer, git_ssh_server, has_sshd
from trueup.testing.kube import KubeServer, kube_server_at_rest
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


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubeServer]:
    """A real API server that knows the kinds; each test takes a namespace of its own."""
    programs = programs_or_skip()
    with kube_server_at_rest(tmp_path_factory.mktemp("kube"), programs) as server:
        asyncio.run(_define_kinds(server))
        yield server


async def _define_kinds(server: KubeServer) -> None:
    async with server.transport() as transport:
        await install(Client(transport), crds())


@pytest.fixture(params=HOMES)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> KubeServer | None:
    """The API server of a world; None for one of its own, whose data are laid in ``tmp_path``."""
    if request.param == "embedded":
        copy_of_empty_cluster(request.getfixturevalue("template"), tmp_path)
        return None
    found: KubeServer = request.getfixturevalue("cluster")
    return found


@pytest.fixture
async def world(server: KubeServer | None, tmp_path: Path) -> AsyncIterator[SourceWorld]:
    world = SourceWorld(tmp_path)
    if server is None:
        async with world.running():
            yield world
        return
    async with server.transport() as transport:
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"generateName": "apps-"}}
        created = await Client(transport).create(made, field_manager="test")
        async with world.beside(transport, created["metadata"]["name"]):
            yield world
        await Client(transport).delete(ObjectRef.of(created))
