"""``helm dependency`` and Trueup put the same into ``charts/``, from the same servers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.e2e.fetch.running import Helm
from trueup.fetch.charts import Access, ChartSources, Mode, Resolved, resolve_dependencies
from trueup.render.helm.loading import chart_from_tree
from trueup.render.helm.packing import pack
from trueup.testing.archives import chart
from trueup.testing.chart_server import chart_server
from trueup.testing.oci_registry import oci_registry
from trueup.tree import FolderTree, Tree
from trueup.tree.archive import chart_from_archive

pytestmark = pytest.mark.e2e

APP = """\
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {{name: one, version: ^1, repository: '{web}/', condition: one.enabled, tags: [a, "<b>&"]}}
- {{name: two, version: '>=2', repository: 'oci://{host}/team', alias: zwei,
   import-values: [data, {{parent: x, child: y}}]}}
- {{name: three, version: 3.x, repository: 'file://../three'}}
- {{name: four, version: '*', repository: ''}}
"""
FILES = {
    "three/Chart.yaml": "apiVersion: v2\nname: three\nversion: 3.1.0\n",
    "three/.helmignore": "*.md\n",
    "three/README.md": "not part of it",
    "three/templates/x.yaml": "a: 1\n",
    "app/charts/four/Chart.yaml": "apiVersion: v2\nname: four\nversion: 4.0.0\n",
    "app/charts/four/values.yaml": "a: 1\n",
}


def packed(tree: Tree, path: str) -> bytes:
    return pack(chart_from_tree(tree, path).files)


async def ours(folder: Path, mode: Mode) -> Resolved:
    async with ChartSources(default=Access(plain_http=True)) as sources:
        return await resolve_dependencies(FolderTree(folder), "app", sources, packed, mode)


def packages(tree: Tree) -> Mapping[str, list[str]]:
    """The files of each package in ``charts/``."""
    names = [entry.name for entry in tree.entries("app/charts")]
    return {
        name: files(chart_from_archive(tree.read(f"app/charts/{name}")))
        for name in names
        if name != "four"
    }


def files(tree: Tree, folder: str = "") -> list[str]:
    paths = {f"{folder}/{entry.name}".lstrip("/"): entry.kind for entry in tree.entries(folder)}
    below = [path for name, kind in paths.items() if kind == "dir" for path in files(tree, name)]
    return sorted([*below, *(path for path, kind in paths.items() if kind == "file")])


@pytest.mark.parametrize("mode", list(Mode))
async def test_both_choose_the_same_charts_and_write_the_same_lock(
    mode: Mode, helm: Helm, tmp_path: Path
) -> None:
    async with chart_server() as web, oci_registry() as registry:
        for version in ("1.0.0", "1.5.0", "2.0.0"):
            web.publish("one", version)
        for version in ("2.0.0", "2.1.0+b.1", "3.0.0-rc.1"):
            (tmp_path / "two.tgz").write_bytes(chart("two", version))
            await helm("push", tmp_path / "two.tgz", f"oci://{registry.host}/team", "--plain-http")
        app = {"app/Chart.yaml": APP.format(web=web.url, host=registry.host)}
        for name, text in (FILES | app).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        await helm("repo", "add", "mine", web.url)
        before = await ours(tmp_path, mode)
        await helm("dependency", "update", tmp_path / "app", "--plain-http")
        if mode is Mode.BUILD:
            web.publish("one", "1.9.0")
            for package in (tmp_path / "app/charts").glob("*.tgz"):
                package.unlink()
            before = await ours(tmp_path, mode)
            await helm("dependency", "build", tmp_path / "app", "--plain-http")
        lock = yaml.safe_load((tmp_path / "app/Chart.lock").read_text())
        assert before.lock is not None
        assert before.lock.digest == lock["digest"]
        assert packages(before.tree) == packages(FolderTree(tmp_path))
