"""What ``helm dependency`` does, on a tree; against the real one: ``tests/e2e/fetch``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from trueup.errors import InputError, TreeError
from trueup.fetch.charts import ChartSources, Mode, Package, resolve_dependencies
from trueup.fetch.http import HttpError
from trueup.testing.archives import chart
from trueup.testing.chart_server import ChartServer
from trueup.testing.oci_registry import OciRegistry
from trueup.tree import FolderTree, MemoryTree, Tree


def pack(tree: Tree, path: str) -> bytes:
    files = {entry.name: tree.read(f"{path}/{entry.name}").decode() for entry in tree.entries(path)}
    return chart("packed", "0", files)


def about(*dependencies: str, api: str = "v2") -> str:
    listed = "".join(f"- {each}\n" for each in dependencies)
    return f"apiVersion: {api}\nname: app\nversion: 1.0.0\n" + (
        f"dependencies:\n{listed}" if listed else ""
    )


def tree(*dependencies: str, **files: str | bytes) -> MemoryTree:
    """A chart in ``app``; ``__`` in the name of another file stands for ``/``, ``_`` for a dot."""
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    return MemoryTree({"app/Chart.yaml": about(*dependencies)} | named)


async def charts(tree: Tree, sources: ChartSources, mode: Mode = Mode.BUILD) -> list[str]:
    found = await resolve_dependencies(tree, "app", sources, pack, mode)
    here = found.tree.entries("app/charts") if found.tree.is_dir("app/charts") else []
    return [entry.name for entry in here]


async def refusal(tree: Tree, sources: ChartSources) -> str:
    with pytest.raises(InputError) as refused:
        await charts(tree, sources)
    return str(refused.value)


async def test_each_dependency_comes_from_its_repository(
    server: ChartServer, registry: OciRegistry, sources: ChartSources
) -> None:
    server.publish("one", "1.0.0")
    server.publish("one", "1.5.0")
    registry.put_chart("team/two", "2.0.0", chart("two", "2.0.0"))
    app = tree(
        f"{{name: one, version: ^1, repository: '{server.url}'}}",
        f"{{name: two, version: '*', repository: 'oci://{registry.host}/team'}}",
        "{name: three, version: 3.x, repository: 'file://../three'}",
        three__Chart_yaml="apiVersion: v2\nname: three\nversion: 3.1.0\n",
    )
    found = await resolve_dependencies(app, "app", sources, pack)
    assert await charts(app, sources) == ["one-1.5.0.tgz", "three-3.1.0.tgz", "two-2.0.0.tgz"]
    assert found.lock is not None
    locked = [(each.name, each.version) for each in found.lock.dependencies or ()]
    assert locked == [("one", "1.5.0"), ("two", "2.0.0"), ("three", "3.1.0")]


async def test_the_files_of_the_chart_stay(server: ChartServer, sources: ChartSources) -> None:
    server.publish("one", "1.0.0")
    app = tree(
        f"{{name: one, version: 1.0.0, repository: '{server.url}'}}", app__values_yaml="a: 1"
    )
    found = await resolve_dependencies(app, "app", sources, pack)
    assert found.tree.read("app/values.yaml") == b"a: 1"


async def test_what_lies_in_charts_already_is_taken_without_asking(sources: ChartSources) -> None:
    app = tree(
        "{name: one, version: 1.0.0, repository: 'http://127.0.0.1:1'}",
        "{name: two, version: 1.0.0, repository: 'http://127.0.0.1:1'}",
        app__charts__one__Chart_yaml="name: one\nversion: 0.1.0\n",
    )
    packed = MemoryTree(
        {f"app/{name}": app.read(f"app/{name}") for name in ("Chart.yaml", "charts/one/Chart.yaml")}
        | {"app/charts/two-9.tgz": chart("two", "9")}
    )
    assert await charts(packed, sources) == ["one", "two-9.tgz"]


async def test_another_version_of_a_package_is_taken_away(
    server: ChartServer, sources: ChartSources
) -> None:
    server.publish("one", "2.0.0")
    server.publish("two", "1.0.0")
    lines = [
        f"{{name: {name}, version: '*', repository: '{server.url}'}}" for name in ("one", "two")
    ]
    app = MemoryTree(
        {
            "app/Chart.yaml": about(*lines),
            "app/charts/one-1.0.0.tgz": chart("one", "1.0.0"),
            "app/charts/gone-1.0.0.tgz": chart("gone", "1.0.0"),
            "app/charts/_kept.tgz": b"",
            "app/charts/README.md": "hello",
        }
    )
    found = await charts(app, sources, Mode.UPDATE)
    assert found == ["README.md", "_kept.tgz", "one-2.0.0.tgz", "two-1.0.0.tgz"]


LOCK = """\
dependencies:
- {{name: one, repository: '{url}', version: 1.0.0}}
digest: {digest}
generated: "2026-01-01T00:00:00Z"
"""


@pytest.fixture
async def locked(server: ChartServer, sources: ChartSources) -> Mapping[str, str]:
    """A chart with a lock that is older than the newest version in the repository."""
    server.publish("one", "1.0.0")
    asked = about(f"{{name: one, version: '>=1', repository: '{server.url}'}}")
    found = await resolve_dependencies(MemoryTree({"app/Chart.yaml": asked}), "app", sources, pack)
    assert found.lock is not None
    server.publish("one", "1.1.0")
    lock = LOCK.format(url=server.url, digest=found.lock.digest)
    return {"app/Chart.yaml": asked, "app/Chart.lock": lock}


async def test_a_lock_is_kept_to_and_an_update_goes_beyond(locked: Mapping[str, str]) -> None:
    async with ChartSources() as sources:
        assert await charts(MemoryTree(locked), sources) == ["one-1.0.0.tgz"]
        assert await charts(MemoryTree(locked), sources, Mode.UPDATE) == ["one-1.1.0.tgz"]


async def test_a_lock_of_other_dependencies_is_refused(
    locked: Mapping[str, str], sources: ChartSources
) -> None:
    changed = locked["app/Chart.yaml"].replace(">=1", ">=0.1")
    said = await refusal(MemoryTree({**locked, "app/Chart.yaml": changed}), sources)
    assert said == (
        "app: the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml);"
        " run helm dependency update, and keep the lock that it writes"
    )


async def test_older_charts_list_them_in_a_file_of_its_own(
    server: ChartServer, sources: ChartSources
) -> None:
    server.publish("one", "1.0.0")
    listed = f"dependencies:\n- {{name: one, version: 1.0.0, repository: '{server.url}'}}\n"
    app = MemoryTree({"app/Chart.yaml": about(api="v1"), "app/requirements.yaml": listed})
    assert await charts(app, sources) == ["one-1.0.0.tgz"]
    stale = f"dependencies: []\ndigest: sha256:{'0' * 64}\n"
    both = {path: app.read(path) for path in ("app/Chart.yaml", "app/requirements.yaml")}
    said = await refusal(MemoryTree({**both, "app/requirements.lock": stale}), sources)
    assert (
        "(requirements.lock) is out of sync with the dependencies file (requirements.yaml)" in said
    )


REFUSED = [
    ("{name: one, version: 1.0.0}", "names no repository, and is not in charts/"),
    ("{name: one, version: 1.0.0, repository: stable}", "no repository definition for stable"),
    ("{name: one, repository: 'http://127.0.0.1:1'}", "improper constraint"),
    ("{name: one, version: 1.x, repository: 'file://../none'}", "directory ../none not found"),
    ("{name: one, version: 1.x, repository: 'file://../one'}", "at version 2.0.0 does not satisfy"),
]


@pytest.mark.parametrize(("dependency", "cause"), REFUSED)
async def test_what_cannot_be_resolved_is_refused(
    dependency: str, cause: str, sources: ChartSources
) -> None:
    app = tree(dependency, one__Chart_yaml="name: one\nversion: 2.0.0\n")
    assert cause in await refusal(app, sources)


@pytest.mark.parametrize("place", ["/etc/chart", "../../chart", "../link"])
async def test_a_local_chart_lies_in_the_tree(place: str, sources: ChartSources) -> None:
    dependency = f"{{name: one, version: 1.0.0, repository: 'file://{place}'}}"
    app = MemoryTree({"app/Chart.yaml": about(dependency)}, {"link": "/etc"})
    with pytest.raises(TreeError):
        await charts(app, sources)


async def test_a_name_stands_for_a_repository(server: ChartServer) -> None:
    server.publish("one", "1.0.0")
    async with ChartSources(aliases={"mine": server.url}) as sources:
        for name in ("@mine", "alias:mine"):
            app = tree(f"{{name: one, version: 1.0.0, repository: '{name}'}}")
            assert await charts(app, sources) == ["one-1.0.0.tgz"]


async def test_on_the_disk_a_local_chart_may_lie_anywhere(
    sources: ChartSources, tmp_path: Path
) -> None:
    for name in ("app", "one"):
        (tmp_path / name).mkdir()
    local = f"{{name: one, version: 1.0.0, repository: 'file://{tmp_path}/one'}}"
    (tmp_path / "app/Chart.yaml").write_text(about(local))
    (tmp_path / "one/Chart.yaml").write_text("name: one\nversion: 1.0.0\n")
    path = str(tmp_path / "app").lstrip("/")
    found = await resolve_dependencies(FolderTree(Path("/")), path, sources, pack)
    assert found.tree.is_file(f"{path}/charts/one-1.0.0.tgz")
    assert not (tmp_path / "app/charts").exists()


def test_a_package_knows_its_digest() -> None:
    digest = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
    assert Package("x.tgz", b"foo").digest == digest


async def test_a_chart_cannot_depend_on_the_whole_world(sources: ChartSources) -> None:
    app = tree(
        *(f"{{name: a{at}, version: 1.0.0, repository: 'http://127.0.0.1:1'}}" for at in range(501))
    )
    assert await refusal(app, sources) == "app: more than 500 dependencies"


async def test_the_name_of_a_chart_is_no_path(sources: ChartSources) -> None:
    local = "{name: one, version: 1.0.0, repository: 'file://../one'}"
    app = tree(local, one__Chart_yaml="name: ../../one\nversion: 1.0.0\n")
    assert await refusal(app, sources) == "one: chart.metadata.name '../../one' is invalid"


async def test_what_is_secret_in_an_address_is_not_told(
    server: ChartServer, sources: ChartSources
) -> None:
    server.user = ("me", "right")
    address = server.url.replace("http://", "http://me:secret@") + "?token=secret"
    app = tree(f"{{name: one, version: 1.0.0, repository: '{address}'}}")
    with pytest.raises(HttpError) as failed:
        await charts(app, sources)
    assert (failed.value.trouble, "secret" in str(failed.value)) == ("auth", False)
