"""The client against a registry in this process; against a real one: ``tests/e2e/fetch``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trueup.errors import TreeError
from trueup.fetch.http import HttpClient, HttpError, Tls
from trueup.fetch.oci import Credentials, Descriptor, Reference, Registry, fetch_files
from trueup.testing.archives import Packed, tar, tar_gz
from trueup.testing.certificates import Authority
from trueup.testing.oci_registry import FLUX_LAYER, INDEX, OciRegistry, oci_registry
from trueup.testing.patience import PATIENCE
from trueup.tree import Tree

FILES = [Packed("app/a.yaml", b"a: 1\n")]
LAYER = tar_gz(FILES)


@pytest.fixture
async def server() -> AsyncIterator[OciRegistry]:
    async with oci_registry() as registry:
        registry.put("team/app", "1.0.0", [(FLUX_LAYER, LAYER)])
        yield registry


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with HttpClient(timeout=PATIENCE) as client:
        yield client


def asked(server: OciRegistry, http: HttpClient, user: tuple[str, str] = ("", "")) -> Registry:
    return Registry(server.host, http, Credentials(*user), plain=True)


def named(server: OciRegistry, tag: str = "1.0.0", name: str = "team/app") -> Reference:
    return Reference(server.host, name, tag)


async def files(registry: Registry, reference: Reference) -> Tree:
    return await fetch_files(registry, reference, await registry.manifest(reference))


async def failure(registry: Registry, reference: Reference) -> HttpError:
    with pytest.raises(HttpError) as failed:
        await files(registry, reference)
    return failed.value


async def test_the_files_are_those_in_the_first_layer(
    server: OciRegistry, http: HttpClient
) -> None:
    layers = [(FLUX_LAYER, LAYER), ("application/tar", tar([Packed("b")]))]
    digest = server.put("team/app", "two", layers)
    for reference in (named(server, "two"), named(server, "gone").pinned(digest)):
        tree = await files(asked(server, http), reference)
        assert [entry.name for entry in tree.entries("")] == ["app"]


async def test_an_artifact_without_a_layer_has_no_files(
    server: OciRegistry, http: HttpClient
) -> None:
    server.put("team/app", "empty", [])
    assert "has no layer" in str(await failure(asked(server, http), named(server, "empty")))


async def test_of_an_index_the_manifest_for_linux_is_taken(
    server: OciRegistry, http: HttpClient
) -> None:
    digest = server.put("team/app", "amd", [(FLUX_LAYER, LAYER)])
    other = server.put("team/app", "arm", [(FLUX_LAYER, tar_gz([]))])
    server.put_manifest("team/app", "all", INDEX, index({"arm64": other, "amd64": digest}))
    found = await files(asked(server, http), named(server, "all"))
    assert found.is_file("app/a.yaml")
    server.put_manifest("team/app", "none", INDEX, index({"arm64": other, "arm": digest}))
    assert "none for linux/amd64" in str(await failure(asked(server, http), named(server, "none")))


def index(digests: dict[str, str]) -> dict[str, object]:
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifests = [
        {
            "mediaType": kind,
            "digest": digest,
            "size": 1,
            "platform": {"os": "linux", "architecture": each},
        }
        for each, digest in digests.items()
    ]
    return {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}


@pytest.mark.parametrize("tokens", [False, True])
async def test_a_registry_is_told_who_asks(
    tokens: bool, server: OciRegistry, http: HttpClient
) -> None:
    server.user, server.tokens = ("me", "pass:word"), tokens
    registry = asked(server, http, ("me", "pass:word"))
    assert (await files(registry, named(server))).is_file("app/a.yaml")
    asked_for_tokens = [path for _, path, _ in server.requests if path == "/token"]
    assert len(asked_for_tokens) == tokens  # and the token is used again


@pytest.mark.parametrize("tokens", [False, True])
@pytest.mark.parametrize("user", [("", ""), ("me", "wrong")])
async def test_whom_a_registry_does_not_know_gets_nothing(
    user: tuple[str, str], tokens: bool, server: OciRegistry, http: HttpClient
) -> None:
    server.user, server.tokens = ("me", "right"), tokens
    failed = await failure(asked(server, http, user), named(server))
    assert failed.trouble == "auth"
    assert "wrong" not in str(failed)


async def test_a_token_is_not_fetched_in_the_open_for_a_registry_with_tls(
    http: HttpClient, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    async with oci_registry(authority.server_context()) as server:
        server.user, server.tokens = ("me", "right"), True
        server.realm = "http://127.0.0.1:1/token"
        async with HttpClient(Tls(ca=authority.certificate)) as trusting:
            registry = Registry(server.host, trusting, Credentials("me", "right"))
            failed = await failure(registry, named(server))
    assert "which is no safe place" in str(failed)


async def test_only_whom_our_authority_vouches_for_is_asked(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with oci_registry(authority.server_context()) as server, HttpClient() as strangers:
        failed = await failure(Registry(server.host, strangers), named(server))
    assert (failed.trouble, "its certificate is not trusted" in str(failed)) == ("tls", True)


async def test_a_redirect_gets_no_credential_of_ours(server: OciRegistry, http: HttpClient) -> None:
    server.user = ("me", "right")
    async with oci_registry() as store:
        store.blobs, server.redirect = server.blobs, store.url
        await files(asked(server, http, ("me", "right")), named(server))
        assert [header for _, _, header in store.requests] == [""]


async def test_a_blob_that_is_another_is_refused(server: OciRegistry, http: HttpClient) -> None:
    digest = next(digest for digest, blob in server.blobs.items() if blob == LAYER)
    server.blobs[digest] = bytes(len(LAYER))
    failed = await failure(asked(server, http), named(server))
    assert (failed.trouble, "what came has the digest" in str(failed)) == ("corrupt", True)


async def test_a_blob_that_goes_on_is_cut_off(server: OciRegistry, http: HttpClient) -> None:
    server.spoiled = b"x"
    assert (await failure(asked(server, http), named(server))).trouble == "too-large"


async def test_a_manifest_that_is_another_is_refused(server: OciRegistry, http: HttpClient) -> None:
    digest = f"sha256:{'0' * 64}"
    server.manifests["team/app", digest] = server.manifests["team/app", "1.0.0"]
    failed = await failure(asked(server, http), named(server).pinned(digest))
    assert f"the manifest is not the one of {digest}" in str(failed)


async def test_a_blob_over_the_limit_is_not_even_asked_for(
    server: OciRegistry, http: HttpClient
) -> None:
    large = Descriptor("x", f"sha256:{'0' * 64}", 101)
    with pytest.raises(HttpError, match="larger than 100 bytes"):
        await asked(server, http).blob(named(server), large, 100)
    assert server.requests == []


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"layers": 1}', b'{"mediaType": "text/x"}'])
async def test_what_is_no_manifest_is_refused(
    manifest: bytes, server: OciRegistry, http: HttpClient
) -> None:
    kind = "application/vnd.oci.image.manifest.v1+json"
    server.put_manifest("team/app", "bad", kind, manifest)
    assert (await failure(asked(server, http), named(server, "bad"))).trouble == "corrupt"


async def test_a_layer_that_is_no_archive_is_refused_by_its_reference(
    server: OciRegistry, http: HttpClient
) -> None:
    server.put("team/app", "text", [("text/plain", b"hello")])
    with pytest.raises(TreeError, match=r"team/app:text: is no tar, tar.gz or zip"):
        await files(asked(server, http), named(server, "text"))


async def test_what_is_not_there_is_said_with_the_servers_reason(
    server: OciRegistry, http: HttpClient
) -> None:
    failed = await failure(asked(server, http), named(server, "none"))
    assert (failed.trouble, failed.status) == ("not-found", 404)
    assert "the server answered 404: MANIFEST_UNKNOWN no" in str(failed)


async def test_nobody_there_is_said_in_words(http: HttpClient) -> None:
    failed = await failure(Registry("127.0.0.1:1", http, plain=True), Reference("127.0.0.1:1", "x"))
    assert (failed.trouble, "Connection refused" in str(failed)) == ("network", True)


async def test_a_server_that_pages_for_ever_is_left(server: OciRegistry, http: HttpClient) -> None:
    server.page = 0
    assert await asked(server, http).tags(named(server)) == []
