"""The sources controller over real servers: cheap when nothing happens, safe when it does."""

from __future__ import annotations

import asyncio

from trueup.testing.certificates import Authority
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer
from trueup.testing.git_ssh import GitSshServer
from trueup.testing.source_world import SourceWorld, condition


async def test_a_new_commit_is_found_by_polling(
    world: SourceWorld, http: GitHttpServer, repo: GitRepo
) -> None:
    await world.create(f"{http.url}/repo.git", interval="200ms")
    await world.ready()
    commit = repo.commit({"app/a.yaml": "a: 2\n"})
    assert (await world.artifact(commit)).tree.read("app/a.yaml") == b"a: 2\n"


async def test_a_new_commit_is_found_at_once_when_asked(
    world: SourceWorld, http: GitHttpServer, repo: GitRepo
) -> None:
    await world.create(f"{http.url}/repo.git")
    await world.ready()
    commit = repo.commit({"app/a.yaml": "a: 2\n"})
    status = (await world.request("now"))["status"]
    assert status["artifact"]["revision"] == f"main@sha1:{commit}"


async def test_polling_makes_no_api_call_while_nothing_changes(
    world: SourceWorld, http: GitHttpServer
) -> None:
    await world.secret("login", {"username": "me", "password": "x"})
    await world.create(f"{http.url}/repo.git", interval="200ms", secretRef={"name": "login"})
    await world.ready()
    await world.event("NewArtifact")
    before = len(world.transport.calls)
    await http.wait_requests(6)
    assert world.transport.calls[before:] == []


async def test_two_hundred_sources_of_one_url_cause_one_fetch(
    world: SourceWorld, http: GitHttpServer
) -> None:
    names = [f"web-{number}" for number in range(200)]
    url = f"{http.url}/repo.git"
    await asyncio.gather(*(world.create(url, name=name) for name in names))
    await asyncio.gather(*(world.artifact(name=name) for name in names))
    assert len(list(world.cache.glob("*.git/objects/pack/*.pack"))) == 1
    assert len(http.requests) < 150


async def test_wrong_credentials_are_told_and_right_ones_help_at_once(
    world: SourceWorld, http: GitHttpServer
) -> None:
    http.user = ("me", "right-secret")
    await world.secret("login", {"username": "me", "password": "wrong-secret"})
    await world.create(f"{http.url}/repo.git", secretRef={"name": "login"})
    told = condition(await world.failed(), "FetchFailed")
    assert told["reason"] == "GitOperationFailed"
    assert "wrong-secret" not in told["message"]
    await world.change_secret("login", {"password": "right-secret"})
    await world.ready()


async def test_a_dead_server_takes_nothing_away_and_its_return_is_seen(
    world: SourceWorld, http: GitHttpServer, repo: GitRepo
) -> None:
    await world.create(f"{http.url}/repo.git", interval="500ms")
    good = (await world.ready())["status"]["artifact"]
    http.status = 503
    obj = await world.failed()
    commit = repo.commit({"app/a.yaml": "a: 2\n"})
    assert (obj["status"]["artifact"], condition(obj)["reason"]) == (good, "GitOperationFailed")
    http.status = 0
    await world.artifact(commit)


async def test_a_slow_server_is_given_up_after_the_timeout(
    world: SourceWorld, http: GitHttpServer
) -> None:
    http.is_hanging = True
    await world.create(f"{http.url}/repo.git", timeout="500ms")
    assert "no answer within 0.5 seconds" in condition(await world.failed())["message"]


async def test_a_secret_with_a_key_and_known_hosts_opens_ssh(
    world: SourceWorld, ssh: GitSshServer, repo: GitRepo
) -> None:
    keys = {"identity": ssh.identity.decode(), "known_hosts": ssh.known_hosts.decode()}
    await world.secret("keys", keys)
    await world.create(ssh.url(repo.path), secretRef={"name": "keys"})
    assert (await world.artifact()).tree.read("app/a.yaml") == b"a: 1\n"


async def test_an_ssh_secret_without_known_hosts_says_which_key_it_lacks(
    world: SourceWorld, ssh: GitSshServer, repo: GitRepo
) -> None:
    await world.secret("keys", {"identity": ssh.identity.decode()})
    await world.create(ssh.url(repo.path), secretRef={"name": "keys"})
    told = condition(await world.failed())
    assert told["reason"] == "AuthenticationFailed"
    assert "'known_hosts' is required" in told["message"]
    assert "PRIVATE KEY" not in told["message"]


async def test_a_private_authority_in_the_secret_is_trusted(
    world: SourceWorld, https: GitHttpServer, authority: Authority
) -> None:
    await world.create(f"{https.url}/repo.git", secretRef={"name": "ca"})
    await world.failed()
    await world.secret("ca", {"ca.crt": authority.certificate})
    await world.ready()
