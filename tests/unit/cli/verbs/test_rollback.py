"""``trueup rollback`` on an embedded control plane with all controllers, and a real repository."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from trueup.cli import main
from trueup.cli.connection import Connection
from trueup.cluster import Client, following
from trueup.cluster.transport import Transport
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.dialects.flux.names import KUSTOMIZATION, REQUESTED_AT_ANNOTATION
from trueup.objects import Manifest, ObjectRef
from trueup.testing.git import GitRepo
from trueup.testing.patience import PATIENCE
from trueup.wiring import Embedded

ADMIN = User("admin", groups=("system:masters",))
NAMESPACE = "flux-system"
APP = ObjectRef(KUSTOMIZATION.group, KUSTOMIZATION.kind, NAMESPACE, "app", KUSTOMIZATION.version)
SOURCE = ObjectRef("source.toolkit.fluxcd.io", "GitRepository", NAMESPACE, "app", "v1")
ME = ("--author", "Me <me@example.com>", "--timeout", "30s")


def settings(colour: str) -> str:
    return (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: default}\n"
        f"data: {{colour: {colour}}}\n"
    )


class Controlled(InProcessTransport):
    """A transport that ends what it speaks to when it is closed."""

    def __init__(self, plane: ControlPlane, end: Callable[[], Awaitable[None]]) -> None:
        super().__init__(plane, ADMIN)
        self._end = end

    async def close(self) -> None:
        await self._end()


@asynccontextmanager
async def controlled(folder: Path) -> AsyncIterator[ControlPlane]:
    """A control plane with all controllers."""
    everything = Embedded(folder / "data", simulation=False)
    await everything.start()
    task = asyncio.ensure_future(everything.run())
    try:
        yield everything.plane
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await everything.stop()


@dataclass
class Story:
    """A repository whose commits are live one after the other; ``commits`` in that order."""

    folder: Path
    repo: GitRepo
    commits: list[str]

    def run(self, *args: str) -> Result:
        async def dial(_connection: Connection) -> tuple[Transport, str]:
            stack = AsyncExitStack()
            plane = await stack.enter_async_context(controlled(self.folder))
            return Controlled(plane, stack.aclose), NAMESPACE

        words = ["rollback", *args, "--data", str(self.folder / "mine")]
        return CliRunner().invoke(main, words, obj=dial, prog_name="trueup")

    def deliver(self, **files: str | None) -> None:
        """Commit ``files`` (``__`` stands for ``/``, ``_`` for a dot) and see to it that it runs."""
        changes = {name.replace("__", "/").replace("_", "."): f for name, f in files.items()}
        self.commits.append(self.repo.commit(changes, message=f"change {len(self.commits)}"))
        asyncio.run(self._wait(self.commits[-1]))

    def change_source(self, spec: Manifest) -> None:
        asyncio.run(self._change_source(spec))

    async def _change_source(self, spec: Manifest) -> None:
        async with controlled(self.folder) as plane:
            client = Client(InProcessTransport(plane, ADMIN))
            await client.patch(SOURCE, {"spec": spec}, type="merge", field_manager="test")

    async def _wait(self, commit: str) -> None:
        async with controlled(self.folder) as plane:
            client = Client(InProcessTransport(plane, ADMIN))
            if await client.find(SOURCE) is None:
                for obj in (_source(self.repo.url), _kustomization()):
                    await client.create(obj, field_manager="test")
            note = {"metadata": {"annotations": {REQUESTED_AT_ANNOTATION: commit}}}
            await client.patch(SOURCE, note, type="merge", field_manager="test")
            await following.until(client, APP, lambda obj: _tried(obj, commit), timeout=PATIENCE)

    @property
    def tip(self) -> str:
        return str(self.repo.repository.references["refs/heads/main"].target)

    def file(self, path: str) -> str:
        return self.repo.files("refs/heads/main")[path].decode()


def _tried(obj: Manifest, commit: str) -> bool | None:
    status = obj.get("status") or {}
    ready = next((c["status"] for c in status.get("conditions", ()) if c["type"] == "Ready"), "")
    tried = (status.get("lastAttemptedRevision") or "").endswith(commit)
    return True if tried and ready in ("True", "False") else None


def _source(url: str) -> Manifest:
    spec = {"url": url, "interval": "1h", "ref": {"branch": "main"}}
    return _resource("source.toolkit.fluxcd.io/v1", "GitRepository", spec)


def _kustomization() -> Manifest:
    spec = {
        "interval": "1h",
        "prune": True,
        "path": "./app",
        "sourceRef": {"kind": "GitRepository", "name": "app"},
    }
    return _resource(KUSTOMIZATION.api_version, KUSTOMIZATION.kind, spec)


def _resource(api_version: str, kind: str, spec: Manifest) -> Manifest:
    meta = {"name": "app", "namespace": NAMESPACE}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec}


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits were live: green, then red (which also touched another folder)."""
    folder = tmp_path_factory.mktemp("told")
    asyncio.run(_prepare(folder))
    story = Story(folder, GitRepo(folder / "repo.git"), [])
    story.deliver(app__settings_yaml=settings("green"), other__x_txt="1")
    story.deliver(app__settings_yaml=settings("red"), other__x_txt="2")
    (folder / "commits").write_text(" ".join(story.commits))
    return folder


async def _prepare(folder: Path) -> None:
    async with controlled(folder) as plane:
        client = Client(InProcessTransport(plane, ADMIN))
        meta = {"name": NAMESPACE}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
        await client.create(namespace, field_manager="test")


@pytest.fixture
def story(told: Path) -> Story:
    """The story so far, in its very own place: the source's URL names the folder."""
    kept = told.with_name(f"{told.name}-kept")
    if not kept.exists():
        shutil.copytree(told, kept)
    shutil.rmtree(told)
    shutil.copytree(kept, told)
    return Story(told, GitRepo(told / "repo.git"), (told / "commits").read_text().split())


def test_what_was_delivered_last_is_reverted_and_becomes_live(story: Story) -> None:
    done = story.run("app", *ME)
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        f'pushed {story.tip[:8]} to main: Revert "change 1"\n'
        f"kustomization/app: Applied revision: main@sha1:{story.tip[:8]}\n"
    )
    assert story.file("app/settings.yaml") == settings("green")


def test_what_does_not_belong_to_the_delivery_stays(story: Story) -> None:
    story.run("app", "--no-wait", *ME)
    assert story.file("other/x.txt") == "2"
    message = story.repo.repository[story.tip].message
    assert message == (
        f'Revert "change 1"\n\nThis reverts commit {story.commits[1]}.\n\n'
        "Only the files of kustomization/app are taken back; the others stay.\n"
    )


def test_a_dry_run_says_what_would_be_committed_and_pushes_nothing(story: Story) -> None:
    done = story.run("app", "--dry-run")
    assert done.stdout.startswith('would push to main:\n\n    Revert "change 1"\n')
    assert done.stdout.endswith("files that change:\n    app/settings.yaml\n")
    assert story.tip == story.commits[1]


def test_a_revision_that_failed_is_taken_back_to_the_one_that_is_live(story: Story) -> None:
    story.deliver(app__settings_yaml="not: [yaml")
    assert story.run("app", *ME).exit_code == 0
    assert story.file("app/settings.yaml") == settings("red")


def test_the_revision_to_go_back_to_can_be_named(story: Story) -> None:
    story.deliver(app__settings_yaml=settings("blue"))
    done = story.run("app", "--to", story.commits[0][:8], "-o", "json", *ME)
    answer = orjson.loads(done.stdout)
    assert [each["subject"] for each in answer["reverts"]] == ["change 2", "change 1"]
    assert answer["commit"] == story.tip
    assert answer["revision"] == f"main@sha1:{story.tip}"
    assert story.file("app/settings.yaml") == settings("green")


def test_a_conflict_is_told_with_the_file_and_nothing_is_pushed(story: Story) -> None:
    later = story.repo.commit({"app/settings.yaml": settings("later")})
    done = story.run("app", *ME)
    assert done.exit_code == 1
    assert "later commits changed the same lines of app/settings.yaml" in done.stderr
    assert story.tip == later


def test_a_second_rollback_takes_the_first_one_back(story: Story) -> None:
    story.run("app", *ME)
    assert story.run("app", *ME).exit_code == 0
    assert story.file("app/settings.yaml") == settings("red")


def test_what_must_be_signed_is_not_rolled_back_unsigned(story: Story) -> None:
    verify = {"mode": "HEAD", "secretRef": {"name": "keys"}}
    story.change_source({"verify": verify})
    done = story.run("app", *ME)
    assert (done.exit_code, story.tip) == (1, story.commits[1])
    assert "demands signed commits" in done.stderr


def test_a_source_that_follows_a_tag_is_not_rolled_back(story: Story) -> None:
    story.change_source({"ref": {"tag": "v1"}})
    assert "follows no branch" in story.run("app", *ME).stderr


def test_a_suspended_source_is_told_before_anything_is_pushed(story: Story) -> None:
    story.change_source({"suspend": True})
    done = story.run("app", *ME)
    assert (done.exit_code, story.tip) == (1, story.commits[1])
    assert "is suspended, so that a revert would not become live" in done.stderr


REFUSED = [
    (("app", "--to", "12345678"), 1, "'12345678' is not one revision on record"),
    (("app", "--to", "{commits[1]}"), 1, "already"),
    (("nope",), 1, "not found"),
    (("git/app",), 2, "only a Kustomization can be rolled back"),
    (("app", "--author", "me"), 2, "write --author as"),
]


@pytest.mark.parametrize(("args", "code", "says"), REFUSED)
def test_what_cannot_be_rolled_back_is_refused_before_anything_is_pushed(
    args: tuple[str, ...], code: int, says: str, story: Story
) -> None:
    words = [each.format(commits=story.commits) for each in args]
    done = story.run(*ME, *words)
    assert (done.exit_code, story.tip) == (code, story.commits[1])
    assert says in done.stderr
