"""``trueup build`` and ``helm template`` print the same of a chart that neither has yet."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.e2e.fetch.running import Helm
from trueup.testing.archives import chart
from trueup.testing.chart_server import chart_server
from trueup.testing.oci_registry import oci_registry

pytestmark = pytest.mark.e2e

TEMPLATE = (
    "kind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ .Chart.Name }}-{{ .Chart.Version }}}\n"
)
FILES = {"templates/a.yaml": TEMPLATE}


async def trueup(*arguments: object) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trueup", "build", *map(str, arguments)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(os.environ),
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


async def test_a_chart_of_a_repository(helm: Helm) -> None:
    async with chart_server() as server:
        for version in ("1.0.0", "1.4.2", "2.0.0"):
            server.publish("app", version, FILES)
        asked = ("app", "--repo", server.url, "--version", "1.x")
        assert await trueup(*asked) == await helm("template", "release-name", *asked)


async def test_a_chart_of_a_registry(helm: Helm) -> None:
    async with oci_registry() as registry:
        for version in ("1.0.0", "1.4.2+x.1"):
            registry.put_chart("t/app", version.replace("+", "_"), chart("app", version, FILES))
        asked = (f"oci://{registry.host}/t/app", "--plain-http")
        theirs = await helm("template", "release-name", *asked)
        assert (
            await trueup(*asked) == theirs[theirs.index("---\n") :]
        )  # it tells of the pull before


async def test_a_chart_whose_dependencies_are_missing(helm: Helm, tmp_path: Path) -> None:
    async with chart_server() as server:
        server.publish("one", "1.5.0", FILES)
        folder = tmp_path / "app"
        (folder / "templates").mkdir(parents=True)
        (folder / "templates/b.yaml").write_text(TEMPLATE)
        needed = (
            f"dependencies:\n- {{name: one, version: ^1, repository: '{server.url}', alias: uno}}\n"
        )
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: app\nversion: 1.0.0\n{needed}")
        ours = await trueup(folder, "--dependency-update")
        assert not (folder / "charts").exists()
        theirs = await helm("template", "release-name", folder, "--dependency-update")
        assert ours == theirs[theirs.index("---\n") :]


SIGNED = Path(__file__).parents[2] / "cases/fetch/provenance"
PACKAGE = "app-1.0.0.tgz"
OTHERS = ("--verify", "--keyring", SIGNED / "other.gpg")


@pytest.mark.parametrize("place", ["disk", "repository", "registry"])
async def test_a_signed_chart(place: str, helm: Helm) -> None:
    async with chart_server() as server, oci_registry() as registry:
        server.publish("app", "1.0.0", digest="")
        server.files |= {path.name: path.read_bytes() for path in SIGNED.glob(f"{PACKAGE}*")}
        if place == "registry":
            await helm("push", SIGNED / PACKAGE, f"oci://{registry.host}/t", "--plain-http")
        named = {
            "disk": (SIGNED / PACKAGE,),
            "repository": ("app", "--repo", server.url),
            "registry": (f"oci://{registry.host}/t/app", "--version", "1.0.0", "--plain-http"),
        }[place]
        asked = (*named, "--verify", "--keyring", SIGNED / "maker.gpg")
        theirs = await helm("template", "release-name", *asked)
        assert await trueup(*asked) == theirs[theirs.index("---\n") :]


async def test_a_chart_that_somebody_else_signed_is_refused_by_both(helm: Helm) -> None:
    asked = (SIGNED / PACKAGE, "--verify", "--keyring", SIGNED / "other.gpg")
    for refused in (helm("template", *asked), trueup(*asked)):
        with pytest.raises(AssertionError, match="signature made by unknown entity"):
            await refused
