"""The client against a registry in this process; against a real one: ``tests/e2e/fetch``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from trueup.errors import InputError, TreeError
from trueup.fetch.http import HttpClient, HttpError, Tls
from trueup.fetch.oci import Credentials, Descriptor, Reference, Registry, Selector, fetch_artifact
from trueup.testing.archives import Packed, tar, tar_gz
from trueup.testing.certificates import Authority
from trueup.testing.oci_registry import FLUX_LAYER, INDEX, OciRegistry, oci_registry
from trueup.testing.patience import PATIENCE

FILES = [Packed("app/a.yaml", b"a: 1\n")]
LAYER = tar_gz(FILES)


@pytest.fixture
async def server() -> AsyncIterator[OciRegistry]:
    async with oci_registry() as registry:
        registry.put("team/app", "1.0.0", [(FLUX_LAYER, LAYER)], annotations={"x": "y"})
        yield registry


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with HttpClient(timeout=PATIENCE) as client:
        yield client


def asked(server: OciRegistry, http: HttpClient, user: tuple[str, str] = ("", "")) -> Registry:
    return Registry(server.host, http, Credentials(*user), plain=True)


def named(server: OciRegistry, tag: str = "1.0.0", name: str = "team/app") -> Reference:
    return Reference(server.host, name, tag)


async def failure(registry: Registry, reference: Reference) -> HttpError:
    with pytest.raises(HttpError) as failed:
        await fetch_artifact(registry, reference)
    return failed.value


async def test_an_artifact_is_a_revision_a_tree_and_notes(
    server: OciRegistry, http: HttpClient
) -> None:
    found = await fetch_artifact(asked(server, http), named(server))
    digest = sha256(server.manifests["team/app", "1.0.0"][1]).hexdigest()
    assert (found.revision, found.annotations) == (f"1.0.0@sha256:{digest}", {"x": "y"})
    assert found.tree.read("app/a.yaml") == b"a: 1\n"


async def test_a_manifest_is_asked_for_once(server: OciRegistry, http: HttpClient) -> None:
    await fetch_artifact(asked(server, http), named(server))
    assert [path for _, path, _ in server.requests if "/manifests/" in path] == [
        "/v2/team/app/manifests/1.0.0"
    ]


async def test_a_digest_is_a_revision_of_its_own(server: OciRegistry, http: HttpClient) -> None:
    digest = server.put("team/app", "2.0.0", [(FLUX_LAYER, LAYER)])
    found = await fetch_artifact(asked(server, http), named(server, "gone").pinned(digest))
    assert found.revision == digest


async def test_the_layer_of_a_media_type_can_be_chosen(
    server: OciRegistry, http: HttpClient
) -> None:
    layers = [("text/plain", b"x"), ("application/tar", tar([Packed("b")]))]
    server.put("team/app", "two", layers)
    selector = Selector(media_type="application/tar")
    found = await fetch_artifact(asked(server, http), named(server, "two"), selector)
    assert found.tree.is_file("b")
    with pytest.raises(HttpError, match="has no layer of the media type 'other'"):
        await fetch_artifact(asked(server, http), named(server), Selector(media_type="other"))


async def test_the_highest_version_in_a_range_is_taken(
    server: OciRegistry, http: HttpClient
) -> None:
    server.page = 2
    for tag in ("1.2.0", "1.10.0", "2.0.0", "latest", "1.11.0-rc.1"):
        server.put("team/app", tag, [(FLUX_LAYER, LAYER)])
    found = await fetch_artifact(asked(server, http), named(server, ""), Selector(versions="1.x"))
    assert found.revision.startswith("1.10.0@sha256:")
    with pytest.raises(InputError, match=r"no tag is a version in the range '3\.x'"):
        await fetch_artifact(asked(server, http), named(server, ""), Selector(versions="3.x"))


async def test_of_an_index_the_manifest_for_linux_is_taken(
    server: OciRegistry, http: HttpClient
) -> None:
    digest = server.put("team/app", "amd", [(FLUX_LAYER, LAYER)])
    other = server.put("team/app", "arm", [(FLUX_LAYER, tar_gz([]))])
    server.put_manifest("team/app", "all", INDEX, index({"arm64": other, "amd64": digest}))
    found = await fetch_artifact(asked(server, http), named(server, "all"))
    assert found.tree.is_file("app/a.yaml")
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
    assert (await fetch_artifact(registry, named(server))).tree.is_file("app/a.yaml")
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
        await fetch_artifact(asked(server, http, ("me", "right")), named(server))
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
        await fetch_artifact(asked(server, http), named(server, "text"))


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
