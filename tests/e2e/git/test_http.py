"""Over HTTP and HTTPS: who is let in, what is trusted, and what a failure says."""

from __future__ import annotations

from typing import Any

import pytest

from trueup.fetch.git import Checkout, Credentials, GitCache, GitError, Proxy, Reference, Remote
from trueup.testing.certificates import Authority
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer, git_http_server
from trueup.testing.patience import PATIENCE

MAIN = Reference(branch="main")


async def fetch(
    cache: GitCache, server: GitHttpServer, timeout: float = PATIENCE, **who: Any
) -> Checkout:
    remote = Remote.at(f"{server.url}/repo.git", Credentials(**who), timeout=timeout)
    return await cache.fetch(remote, MAIN)


async def test_a_repository_is_fetched(http: GitHttpServer, cache: GitCache) -> None:
    checkout = await fetch(cache, http)
    assert checkout.tree.read("app/a.yaml") == b"a: 1\n"


async def test_a_user_with_a_password_is_let_in(http: GitHttpServer, cache: GitCache) -> None:
    http.user = ("me", "pass word@:/%")
    checkout = await fetch(cache, http, username="me", password="pass word@:/%")
    assert checkout.tree.is_file("app/a.yaml")


async def test_a_bearer_token_is_sent(http: GitHttpServer, cache: GitCache) -> None:
    http.bearer = "token-1"
    assert (await fetch(cache, http, bearer_token="token-1")).tree.is_file("app/a.yaml")


REFUSED = [
    ({"username": "me", "password": "wrong-secret"}, "auth"),
    ({"bearer_token": "wrong-secret"}, "auth"),
    ({}, "auth"),
]


@pytest.mark.parametrize(("who", "trouble"), REFUSED)
async def test_who_is_not_let_in_is_told_so_without_the_secret(
    who: dict[str, str], trouble: str, http: GitHttpServer, cache: GitCache
) -> None:
    http.user = ("me", "right")
    with pytest.raises(GitError) as caught:
        await fetch(cache, http, **who)
    assert caught.value.trouble == trouble
    assert "wrong-secret" not in str(caught.value)
    assert "credentials in the Secret" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(401, "auth"), (403, "auth"), (404, "not-found"), (500, "server"), (503, "server")],
)
async def test_what_the_server_answers_tells_the_trouble(
    status: int, trouble: str, http: GitHttpServer, cache: GitCache
) -> None:
    http.status = status
    with pytest.raises(GitError) as caught:
        await fetch(cache, http, username="me", password="secret-1")
    assert caught.value.trouble == trouble


async def test_a_private_authority_is_trusted_where_it_is_named(
    https: GitHttpServer, cache: GitCache, authority: Authority
) -> None:
    checkout = await fetch(cache, https, ca=authority.certificate.encode())
    assert checkout.tree.is_file("app/a.yaml")


async def test_an_unknown_authority_is_refused(https: GitHttpServer, cache: GitCache) -> None:
    with pytest.raises(GitError) as caught:
        await fetch(cache, https)
    assert caught.value.trouble == "tls"


async def test_a_client_certificate_opens_the_door(
    repo: GitRepo, cache: GitCache, authority: Authority
) -> None:
    certificate, key = (text.encode() for text in authority.issue("client"))
    ca = authority.certificate.encode()
    context = authority.server_context(asks_client=True)
    async with git_http_server(repo.path.parent, context) as server:
        with pytest.raises(GitError):
            await fetch(cache, server, ca=ca)
        checkout = await fetch(cache, server, ca=ca, client_certificate=certificate, client_key=key)
    assert checkout.tree.is_file("app/a.yaml")


async def test_a_proxy_is_asked_in_the_place_of_the_server(
    http: GitHttpServer, cache: GitCache
) -> None:
    http.proxy_user = ("proxy-user", "proxy-secret:@/")
    proxy = Proxy(http.url, *http.proxy_user)
    remote = Remote.at("http://git.invalid/repo.git", proxy=proxy, timeout=PATIENCE)
    assert (await cache.fetch(remote, MAIN)).tree.is_file("app/a.yaml")


async def test_a_proxy_that_is_away_is_told_without_its_password(cache: GitCache) -> None:
    proxy = Proxy("http://127.0.0.1:1", "proxy-user", "proxy-secret")
    remote = Remote.at("http://git.invalid/repo.git", proxy=proxy, timeout=PATIENCE)
    with pytest.raises(GitError) as caught:
        await cache.fetch(remote, MAIN)
    assert (caught.value.trouble, "proxy-secret" in str(caught.value)) == ("network", False)


@pytest.mark.parametrize(
    "who", [{"username": "me", "password": "secret-1"}, {"bearer_token": "secret-1"}]
)
async def test_credentials_do_not_follow_a_redirect_to_another_host(
    who: dict[str, str], http: GitHttpServer, cache: GitCache, repo: GitRepo
) -> None:
    async with git_http_server(repo.path.parent) as other:
        http.redirect = other.url
        other.user = ("me", "secret-1")
        with pytest.raises(GitError):
            await fetch(cache, http, **who)
        assert all(authorization == "" for _, _, authorization in other.requests)


async def test_a_server_that_never_answers_is_given_up(
    http: GitHttpServer, cache: GitCache
) -> None:
    http.is_hanging = True
    with pytest.raises(GitError, match=r"no answer within 0\.5 seconds") as caught:
        await fetch(cache, http, timeout=0.5)
    assert caught.value.trouble == "timeout"


async def test_a_server_that_dies_in_the_middle_leaves_nothing_behind(
    http: GitHttpServer, cache: GitCache
) -> None:
    http.is_truncating = True
    with pytest.raises(GitError) as caught:
        await fetch(cache, http)
    assert caught.value.trouble == "network"
    http.is_truncating = False
    assert (await fetch(cache, http)).tree.read("app/a.yaml") == b"a: 1\n"


async def test_nobody_at_the_address_is_told(cache: GitCache) -> None:
    with pytest.raises(GitError) as caught:
        await cache.fetch(Remote.at("http://127.0.0.1:1/x", timeout=PATIENCE), MAIN)
    assert caught.value.trouble == "network"
    assert caught.value.subject == "http://127.0.0.1:1/x"


async def test_only_new_objects_cross_the_wire_the_second_time(
    http: GitHttpServer, cache: GitCache, repo: GitRepo
) -> None:
    noise = "".join(f"{n * 7919 % 104729:x}" for n in range(40_000))
    repo.commit({"big.txt": noise})
    await fetch(cache, http)
    before = http.sent
    repo.commit({"app/b.yaml": "b: 1\n"})
    assert (await fetch(cache, http)).tree.read("big.txt").decode() == noise
    assert before > 50_000
    assert http.sent - before < 5_000
