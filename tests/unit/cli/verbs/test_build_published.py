"""What ``trueup build`` fetches, and from whom, when it is asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trueup.cli.rendering.dispatch import locate
from trueup.cli.rendering.place import on_disk
from trueup.cli.rendering.published import with_dependencies
from trueup.cli.verbs.build import command
from trueup.errors import InputError, TrueupError, VerificationError
from trueup.fetch.charts import Dependency
from trueup.fetch.charts.lock_digest import digest_of
from trueup.objects import yaml
from trueup.testing.archives import chart, packed, tar_gz
from trueup.testing.chart_server import ChartServer, chart_server
from trueup.testing.oci_registry import FLUX_LAYER, OciRegistry, oci_registry
from trueup.tree import Tree


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Helm and Docker would keep their settings."""
    monkeypatch.setenv("HELM_CONFIG_HOME", str(tmp_path / "helm"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    for name in ("HELM_REGISTRY_CONFIG", "HELM_REPOSITORY_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "docker").mkdir()
    (tmp_path / "helm").mkdir()
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[ChartServer]:
    async with chart_server() as found:
        found.publish("app", "1.0.0")
        found.publish("app", "1.1.0")
        yield found


@pytest.fixture
async def registry() -> AsyncIterator[OciRegistry]:
    async with oci_registry() as found:
        found.put_chart("team/app", "1.0.0", chart("app", "1.0.0"))
        layer = tar_gz(packed({"deploy/a.yaml": "a: 1\n"}, {}))
        found.put("team/files", "latest", [(FLUX_LAYER, layer)])
        yield found


async def located(*arguments: str) -> tuple[Tree, str]:
    """In a thread: the servers answer in this one."""
    flags = command.make_context("build", list(arguments)).params
    place = await asyncio.to_thread(locate, flags["folders"][0], flags)
    return place.tree, place.path


def version_in(tree: Tree) -> str:
    return tree.read("Chart.yaml").decode().splitlines()[-1]


async def test_a_chart_comes_from_the_repository_that_is_named(server: ChartServer) -> None:
    tree, _ = await located("app", "--repo", server.url)
    assert version_in(tree) == "version: 1.1.0"
    tree, _ = await located("app", "--repo", server.url, "--version", "~1.0")
    assert version_in(tree) == "version: 1.0.0"


async def test_a_chart_comes_from_a_registry(registry: OciRegistry) -> None:
    for tag in ("", ":1.0.0"):
        tree, _ = await located(f"oci://{registry.host}/team/app{tag}", "--plain-http")
        assert version_in(tree) == "version: 1.0.0"


async def test_what_is_no_chart_is_a_tree_of_files(registry: OciRegistry) -> None:
    url = f"oci://{registry.host}/team/files:latest"
    tree, path = await located(url, "--plain-http", "--path", "deploy")
    assert (path, tree.read("deploy/a.yaml")) == ("deploy", b"a: 1\n")


async def test_the_password_comes_from_a_file(server: ChartServer, tmp_path: Path) -> None:
    server.user = ("me", "secret")
    (tmp_path / "password").write_text("secret\n")
    login = ("--username", "me", "--password-file", str(tmp_path / "password"))
    tree, _ = await located("app", "--repo", server.url, *login)
    assert version_in(tree) == "version: 1.1.0"


async def test_a_user_comes_with_a_password(server: ChartServer) -> None:
    with pytest.raises(InputError, match="--username comes without a password"):
        await located("app", "--repo", server.url, "--username", "me")
    assert server.requests == []


def test_a_password_among_the_arguments_is_refused() -> None:
    with pytest.raises(Exception, match="everybody on the machine sees it"):
        command.make_context("build", ["app", "--repo", "http://x", "--password", "secret"])


async def test_who_asks_is_taken_from_the_settings_of_helm_and_docker(
    registry: OciRegistry, server: ChartServer, home: Path
) -> None:
    registry.user = server.user = ("me", "secret")
    entry = f'{{"auths": {{"{registry.host}": {{"username": "me", "password": "secret"}}}}}}'
    (home / "docker/config.json").write_text(entry)
    known = (
        f"repositories:\n- {{name: mine, url: '{server.url}', username: me, password: secret}}\n"
    )
    (home / "helm/repositories.yaml").write_text(known)
    tree, _ = await located(f"oci://{registry.host}/team/app", "--plain-http")
    assert version_in(tree) == "version: 1.0.0"
    tree, _ = await located("app", "--repo", server.url)
    assert version_in(tree) == "version: 1.1.0"


async def test_a_repository_goes_by_the_name_that_helm_was_told(
    server: ChartServer, home: Path
) -> None:
    server.user = ("me", "secret")
    known = f"repositories:\n- {{name: mine, url: '{server.url}/'}}\n"
    (home / "helm/repositories.yaml").write_text(known)
    (home / "password").write_text("secret\n")
    login = ("--username", "me", "--password-file", str(home / "password"))
    for named in (("mine/app",), ("app", "--repo", "@mine")):
        tree, _ = await located(*named, *login)
        assert version_in(tree) == "version: 1.1.0"
    with pytest.raises(InputError, match="no such file or directory"):
        await located("other/app")


async def test_a_folder_counts_before_a_repository_of_its_name(
    server: ChartServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = f"repositories:\n- {{name: mine, url: '{server.url}'}}\n"
    (home / "helm/repositories.yaml").write_text(known)
    (home / "mine/app").mkdir(parents=True)
    monkeypatch.chdir(home)
    tree, path = await located("mine/app")
    assert tree.is_dir(path)
    assert server.requests == []


async def test_prereleases_are_taken_with_devel(server: ChartServer, registry: OciRegistry) -> None:
    server.publish("app", "2.0.0-rc.1")
    registry.put_chart("team/app", "2.0.0-rc.1", chart("app", "2.0.0-rc.1"))
    for named in (("app", "--repo", server.url), (f"oci://{registry.host}/team/app",)):
        tree, _ = await located(*named, "--plain-http", "--devel")
        assert version_in(tree) == "version: 2.0.0-rc.1"
        tree, _ = await located(*named, "--plain-http", "--devel", "--version", "1.x")
        assert version_in(tree).startswith("version: 1.")


SIGNED = Path(__file__).parents[3] / "cases/fetch/provenance"
PACKAGE = str(SIGNED / "app-1.0.0.tgz")


async def test_a_package_is_rendered_if_a_key_of_the_ring_signed_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree, path = await located(PACKAGE, "--verify", "--keyring", str(SIGNED / "maker.gpg"))
    assert tree.is_file(f"{path}/Chart.yaml")
    monkeypatch.setenv("GNUPGHOME", str(home))
    (home / "pubring.gpg").write_bytes((SIGNED / "other.gpg").read_bytes())
    with pytest.raises(VerificationError, match="signature made by unknown entity"):
        await located(PACKAGE, "--verify")


async def test_what_is_fetched_is_verified(server: ChartServer, registry: OciRegistry) -> None:
    url = f"oci://{registry.host}/team"
    ring = ("--plain-http", "--verify", "--keyring", str(SIGNED / "maker.gpg"))
    for named in (("app", "--repo", server.url), (f"{url}/app:1.0.0",), (f"{url}/files:latest",)):
        with pytest.raises(TrueupError, match=r"\.prov|no layer with provenance|is no chart"):
            await located(*named, *ring)


UNVERIFIED = [
    (str(SIGNED), "unpacked charts cannot be verified"),
    ("-", "unpacked charts cannot be verified"),
    (str(SIGNED / "nope.tgz"), "No such file"),
]


@pytest.mark.parametrize(("argument", "cause"), UNVERIFIED)
async def test_what_is_no_package_cannot_be_verified(argument: str, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        await located(argument, "--verify", "--keyring", str(SIGNED / "maker.gpg"))


@pytest.fixture
def app(server: ChartServer, registry: OciRegistry, home: Path) -> Path:
    """A chart on the disk that depends on one in the repository and one in the registry."""
    folder = home / "local"
    folder.mkdir()
    web, oci = server.url, f"oci://{registry.host}/team"
    server.publish("web", "1.0.0")
    (folder / "Chart.yaml").write_text(
        "apiVersion: v2\nname: local\nversion: 1.0.0\ndependencies:\n"
        f"- {{name: web, version: '*', repository: '{web}'}}\n"
        f"- {{name: app, version: 1.x, repository: '{oci}'}}\n"
    )
    return folder


async def completed(folder: Path, *arguments: str, how: str = "--dependency-update") -> list[str]:
    flags = command.make_context("build", [how, *arguments]).params
    place = await asyncio.to_thread(with_dependencies, on_disk(str(folder)), flags)
    return [entry.name for entry in place.tree.entries(f"{place.path}/charts")]


async def test_dependencies_are_fetched_and_nothing_is_written(app: Path) -> None:
    assert await completed(app, "--plain-http") == ["app-1.0.0.tgz", "web-1.0.0.tgz"]
    assert [path.name for path in app.iterdir()] == ["Chart.yaml"]


async def test_a_lock_is_kept_to_where_that_is_asked_for(app: Path, server: ChartServer) -> None:
    server.publish("web", "2.0.0")
    listed = (app / "Chart.yaml").read_text().partition("dependencies:")[2]
    made_for = yaml.load(listed)
    locked = [{**each, "version": "1.0.0"} for each in made_for]
    digest = digest_of(*(tuple(Dependency(**each) for each in some) for some in (made_for, locked)))
    (app / "Chart.lock").write_text(yaml.dump({"dependencies": locked, "digest": digest}))
    found = {
        how: await completed(app, "--plain-http", how=how)
        for how in ("--dependency-build", "--dependency-update")
    }
    assert found == {
        "--dependency-build": ["app-1.0.0.tgz", "web-1.0.0.tgz"],
        "--dependency-update": ["app-1.0.0.tgz", "web-2.0.0.tgz"],
    }


async def test_a_user_is_not_told_to_whatever_a_chart_depends_on(
    app: Path, server: ChartServer, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="--username is for what --repo or an oci:// URL names"):
        await completed(app, "--plain-http", "--username", "me")
    assert server.requests == []


REFUSED = [
    (["oci://reg.example/app", "--repo", "http://x"], "--repo is for charts by name"),
    (["oci://reg.example"], "names no registry"),
    (["app", "--repo", "nowhere"], "no repository definition for nowhere"),
]


@pytest.mark.parametrize(("arguments", "cause"), REFUSED)
async def test_what_names_nothing_is_refused(arguments: list[str], cause: str) -> None:
    with pytest.raises(TrueupError, match=cause):
        await located(*arguments)
