"""A chart that the real helm pushed to the real registry comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.fetch.running import Helm
from tests.programs import tool_or_skip
from trueup.fetch.charts import Access, ChartSources, fetch_chart
from trueup.fetch.http import HttpClient, HttpError, Tls
from trueup.fetch.oci import Credentials, Reference, Registry
from trueup.testing.archives import chart
from trueup.testing.certificates import Authority
from trueup.testing.real_registry import USER, real_registry

pytestmark = pytest.mark.e2e
VERSIONS = ["1.0.0", "1.1.0+build.1", "2.0.0-rc.1"]


@pytest.mark.parametrize("tokens", [False, True])
async def test_charts_come_back_as_they_were_pushed(
    tokens: bool, helm: Helm, tmp_path: Path
) -> None:
    async with real_registry(tool_or_skip("registry"), tmp_path, tokens=tokens) as host:
        login = ("--username", USER[0], "--password", USER[1], "--plain-http")
        for version in VERSIONS:
            (tmp_path / "app.tgz").write_bytes(chart("app", version))
            await helm("push", tmp_path / "app.tgz", f"oci://{host}/team", *login)
        async with ChartSources(default=Access(*USER, plain_http=True)) as sources:
            found = await fetch_chart(sources, f"oci://{host}/team/app", version="1.x")
        assert found.file_name == "app-1.1.0+build.1.tgz"
        assert found.content == chart("app", "1.1.0+build.1")


@pytest.mark.parametrize("tokens", [False, True])
async def test_strangers_are_sent_away(tokens: bool, tmp_path: Path) -> None:
    async with real_registry(tool_or_skip("registry"), tmp_path, tokens=tokens) as host:
        for access in (Access(plain_http=True), Access("me", "wrong", plain_http=True)):
            async with ChartSources(default=access) as sources:
                with pytest.raises(HttpError) as failed:
                    await fetch_chart(sources, f"oci://{host}/team/app")
            assert failed.value.trouble == "auth"


async def test_tags_come_in_pages_over_tls(helm: Helm, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    (tmp_path / "ca.pem").write_text(authority.certificate)
    tags = sorted(f"1.0.{number}" for number in range(5))
    async with real_registry(tool_or_skip("registry"), tmp_path, tls=authority) as host:
        login = ("--username", USER[0], "--password", USER[1], "--ca-file", tmp_path / "ca.pem")
        for tag in tags:
            (tmp_path / "app.tgz").write_bytes(chart("app", tag))
            await helm("push", tmp_path / "app.tgz", f"oci://{host}/team", *login)
        async with HttpClient(Tls(ca=authority.certificate)) as http:
            registry = Registry(host, http, Credentials(*USER), page=2)
            assert await registry.tags(Reference(host, "team/app")) == tags
