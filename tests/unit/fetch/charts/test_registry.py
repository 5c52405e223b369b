"""Charts from a registry: a repository for each chart, a tag for each version."""

from __future__ import annotations

import pytest

from trueup.errors import InputError
from trueup.fetch.charts import ChartSources, fetch_chart
from trueup.fetch.http import HttpError
from trueup.testing.archives import chart
from trueup.testing.oci_registry import OciRegistry

TAGS = ["1.0.0", "1.2.0_build.1", "1.1.0", "2.0.0-rc.1", "latest", "1.9", "v1.8.0", "1.07.0"]


@pytest.fixture
def published(registry: OciRegistry) -> OciRegistry:
    for tag in TAGS:
        registry.put_chart("charts/app", tag, chart("app", tag.replace("_", "+")))
    return registry


FOUND = [
    ("", "", "app-1.2.0+build.1.tgz"),
    ("", "1.1.x", "app-1.1.0.tgz"),
    ("", ">1.5.0-0", "app-2.0.0-rc.1.tgz"),
    ("", "1.2.0+build.1", "app-1.2.0+build.1.tgz"),
    (":1.0.0", "", "app-1.0.0.tgz"),
    (":1.2.0+build.1", "1.2.0+build.1", "app-1.2.0+build.1.tgz"),
    (":1.9", "", "app-1.9.tgz"),
]


@pytest.mark.parametrize(("tag", "version", "wanted"), FOUND)
async def test_a_chart_comes_by_tag_or_range(
    tag: str, version: str, wanted: str, published: OciRegistry, sources: ChartSources
) -> None:
    url = f"oci://{published.host}/charts/app{tag}"
    assert (await fetch_chart(sources, url, version=version)).file_name == wanted


async def test_a_chart_comes_by_digest(published: OciRegistry, sources: ChartSources) -> None:
    digest = published.put_chart("charts/app", "3.0.0", chart("app", "3.0.0"))
    found = await fetch_chart(sources, f"oci://{published.host}/charts/app@{digest}")
    assert found.file_name == "app-3.0.0.tgz"


REFUSED = [
    (":1.0.0", "1.1.0", "chart reference and version mismatch: 1.1.0 is not 1.0.0"),
    ("", "7.x", "no tag is a version that matches '7.x'"),
    (":latest", "", "improper constraint"),
]


@pytest.mark.parametrize(("tag", "version", "cause"), REFUSED)
async def test_what_does_not_fit_is_refused(
    tag: str, version: str, cause: str, published: OciRegistry, sources: ChartSources
) -> None:
    with pytest.raises(InputError, match=cause):
        await fetch_chart(sources, f"oci://{published.host}/charts/app{tag}", version=version)


async def test_what_is_no_chart_is_refused(registry: OciRegistry, sources: ChartSources) -> None:
    registry.put("app", "1.0.0", [("application/tar+gzip", b"x")])
    with pytest.raises(HttpError, match=r"is no chart, but a application/vnd\.cncf\.flux\.config"):
        await fetch_chart(sources, f"oci://{registry.host}/app:1.0.0")


async def test_a_chart_without_a_layer_for_it_is_refused(
    registry: OciRegistry, sources: ChartSources
) -> None:
    registry.put("app", "1.0.0", [("text/plain", b"x")], "application/vnd.cncf.helm.config.v1+json")
    with pytest.raises(HttpError, match="has no layer with a chart"):
        await fetch_chart(sources, f"oci://{registry.host}/app:1.0.0")
