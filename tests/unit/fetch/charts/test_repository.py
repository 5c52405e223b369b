"""Charts from an HTTP repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.errors import InputError, TreeError
from trueup.fetch.charts import Access, ChartSources, IndexCache, fetch_chart
from trueup.fetch.http import HttpError, Tls
from trueup.testing.archives import Packed, chart, tar_gz
from trueup.testing.certificates import Authority
from trueup.testing.chart_server import ChartServer, chart_server
from trueup.testing.oci_registry import OciRegistry


async def test_a_chart_comes_by_name_and_range(server: ChartServer, sources: ChartSources) -> None:
    server.publish("app", "1.0.0")
    wanted = server.publish("app", "1.1.0")
    server.publish("app", "2.0.0")
    found = await fetch_chart(sources, "app", repository=server.url, version="1.x")
    assert (found.file_name, found.content) == ("app-1.1.0.tgz", wanted)


async def test_the_index_is_asked_for_once(server: ChartServer, sources: ChartSources) -> None:
    server.publish("app", "1.0.0")
    server.publish("other", "1.0.0")
    for name in ("app", "other"):
        await fetch_chart(sources, name, repository=f"{server.url}/")
    assert [path for path, _, _ in server.requests].count("/index.yaml") == 1


async def test_an_index_that_is_known_is_not_sent_again(server: ChartServer) -> None:
    server.publish("app", "1.0.0")
    indexes = IndexCache()
    for _ in range(2):
        async with ChartSources(indexes=indexes) as sources:
            await fetch_chart(sources, "app", repository=server.url)
    server.publish("app", "1.1.0")
    async with ChartSources(indexes=indexes) as sources:
        assert (await fetch_chart(sources, "app", repository=server.url)).file_name.endswith(
            "1.1.0.tgz"
        )
    assert [code for path, _, code in server.requests if path == "/index.yaml"] == [200, 304, 200]


PLACES = ["charts/x.tgz?sig=1", "/x.tgz", "{url}/deep/x.tgz"]


@pytest.mark.parametrize("place", PLACES)
async def test_packages_lie_where_the_index_says(
    place: str, server: ChartServer, sources: ChartSources
) -> None:
    server.publish("app", "1.0.0", urls=[place.format(url=server.url)])
    server.files["x.tgz"] = server.files["app-1.0.0.tgz"]
    found = await fetch_chart(sources, "app", repository=f"{server.url}/team/?token=t")
    assert found.file_name == "x.tgz"


async def test_a_package_with_another_digest_is_refused(
    server: ChartServer, sources: ChartSources
) -> None:
    server.publish("app", "1.0.0")
    server.files["app-1.0.0.tgz"] = chart("app", "1.0.0", {"evil": ""})
    with pytest.raises(HttpError, match="what came has the digest"):
        await fetch_chart(sources, "app", repository=server.url)


async def test_a_package_of_another_chart_is_refused(
    server: ChartServer, sources: ChartSources
) -> None:
    server.publish("app", "1.0.0", digest="")
    server.files["app-1.0.0.tgz"] = chart("evil", "1.0.0")
    with pytest.raises(InputError, match="is the chart evil, not app"):
        await fetch_chart(sources, "app", repository=server.url)


async def test_a_package_that_is_hostile_is_refused(
    server: ChartServer, sources: ChartSources
) -> None:
    server.publish("app", "1.0.0", digest="")
    server.files["app-1.0.0.tgz"] = tar_gz([Packed("app/../../x")])
    with pytest.raises(TreeError, match=r"app-1\.0\.0\.tgz: app/\.\./\.\./x: leaves the archive"):
        await fetch_chart(sources, "app", repository=server.url)


async def test_credentials_go_to_their_own_repository_only(server: ChartServer) -> None:
    async with chart_server() as other:
        package = other.publish("app", "1.0.0")
        server.user = ("me", "secret")
        server.publish("app", "1.0.0", urls=[f"{other.url}/app-1.0.0.tgz"])
        async with ChartSources({server.url: Access("me", "secret")}) as sources:
            found = await fetch_chart(sources, "app", repository=server.url)
        assert (found.content, other.requests[-1][1]) == (package, "")


async def test_credentials_go_everywhere_where_that_is_asked_for(server: ChartServer) -> None:
    async with chart_server() as other:
        other.user = server.user = ("me", "secret")
        other.publish("app", "1.0.0")
        server.publish("app", "1.0.0", urls=[f"{other.url}/app-1.0.0.tgz"])
        access = Access("me", "secret", pass_credentials=True)
        async with ChartSources({server.url: access}) as sources:
            assert (await fetch_chart(sources, "app", repository=server.url)).content


async def test_a_user_may_stand_in_the_url_and_is_not_told(
    server: ChartServer, sources: ChartSources
) -> None:
    server.user = ("me", "secret")
    server.publish("app", "1.0.0")
    named = server.url.replace("http://", "http://me:secret@")
    assert (await fetch_chart(sources, "app", repository=named)).content
    server.user = ("me", "changed")
    with pytest.raises(HttpError) as failed:
        await fetch_chart(sources, "app", repository=named)
    assert (failed.value.trouble, "secret" in str(failed.value)) == ("auth", False)


async def test_an_index_may_name_a_registry(
    server: ChartServer, registry: OciRegistry, sources: ChartSources
) -> None:
    package = server.publish("app", "1.0.0", urls=[f"oci://{registry.host}/charts/app:1.0.0"])
    registry.put_chart("charts/app", "1.0.0", package)
    assert (await fetch_chart(sources, "app", repository=server.url)).content == package


async def test_only_whom_the_given_authority_vouches_for_is_asked(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with chart_server(authority.server_context()) as server:
        server.publish("app", "1.0.0")
        access = Access(tls=Tls(ca=authority.certificate))
        async with ChartSources({server.url: access}) as trusting, ChartSources() as others:
            assert (await fetch_chart(trusting, "app", repository=server.url)).content
            with pytest.raises(HttpError, match="its certificate is not trusted"):
                await fetch_chart(others, "app", repository=server.url)


REFUSED = [
    ("stable", "no repository definition for stable; write the repository's URL into the chart"),
    ("@mine", "no repository definition for @mine; write the repository's URL into the chart"),
    (
        "ftp://x/y",
        "ftp://x/y: is no URL of a chart repository; write it as https://, http:// or oci://",
    ),
]


@pytest.mark.parametrize(("repository", "said"), REFUSED)
async def test_what_is_no_repository_is_refused(
    repository: str, said: str, sources: ChartSources
) -> None:
    with pytest.raises(InputError) as refusal:
        await fetch_chart(sources, "app", repository=repository)
    assert str(refusal.value) == said


async def test_an_index_beyond_the_bound_is_not_read(
    server: ChartServer, sources: ChartSources
) -> None:
    server.publish("app", "1.0.0")
    server.index = b"#" * (51 * 1024 * 1024)
    with pytest.raises(HttpError, match="larger than 52428800 bytes"):
        await fetch_chart(sources, "app", repository=server.url)
