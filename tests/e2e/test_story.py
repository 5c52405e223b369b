"""The demo's whole story, told on both homes, with the repository behind a real Git server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from examples.demo import story
from examples.demo.narrator import Narrator
from examples.demo.repository import Repository
from examples.demo.stage import Stage
from tests.e2e.homes import HOMES, home_in
from trueup.testing.git_http import git_http_server
from trueup.testing.git_ssh import git_ssh_server, has_sshd
from trueup.testing.patience import PATIENCE

pytestmark = pytest.mark.e2e

LOGIN = {"username": "fleet", "password": "secret-of-the-fleet"}


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("protocol", ["http", "ssh"])
async def test_every_step_comes_true(
    home: str, protocol: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").mkdir()
    async with (
        reached_by(protocol, tmp_path) as (url, login),
        home_in(tmp_path / "home", home, with_workloads=True) as trueup,
    ):
        repository = Repository(tmp_path, url=url, login=login)
        await story.tell(Stage(trueup, repository, Narrator(), patience=PATIENCE))
        told = capfd.readouterr().out + trueup.log.read_text()
        assert LOGIN["password"] not in told
        assert "PRIVATE KEY" not in told


@asynccontextmanager
async def reached_by(protocol: str, folder: Path) -> AsyncIterator[tuple[str, Mapping[str, str]]]:
    """How the cluster gets at ``folder/fleet.git``: the address, and what the Secret holds."""
    if protocol == "http":
        async with git_http_server(folder) as server:
            server.user = (LOGIN["username"], LOGIN["password"])
            yield f"{server.url}/fleet.git", LOGIN
        return
    if not has_sshd():
        pytest.skip("sshd is not installed (Debian: openssh-server): nothing is tested over SSH")
    (folder / "sshd").mkdir()
    async with git_ssh_server(folder / "sshd") as ssh:
        keys = {"identity": ssh.identity.decode(), "known_hosts": ssh.known_hosts.decode()}
        yield ssh.url(folder / "fleet.git"), keys
