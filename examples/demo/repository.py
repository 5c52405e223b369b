"""A Git repository as a team has it: a clone to work in, and the remote that it pushes to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from trueup.objects import Manifest, yaml

AUTHOR = "Robin Developer <robin@example.com>"

# Whoever runs the demo keeps their Git settings and hooks to themselves.
_SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    **{f"GIT_{role}_NAME": "Robin Developer" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "robin@example.com" for role in ("AUTHOR", "COMMITTER")},
}
_ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | _SETTINGS
_SECRET = {"apiVersion": "v1", "kind": "Secret"}


class Repository:
    """The clone in ``folder/fleet``, the bare remote in ``folder/fleet.git``.

    The cluster reaches the remote at ``url`` (default: the folder), with ``login``, a Secret's texts.
    """

    def __init__(
        self, folder: Path, *, url: str = "", login: Mapping[str, str] | None = None
    ) -> None:
        self.work = folder / "fleet"
        self.remote = folder / "fleet.git"
        self._url = url or self.remote.absolute().as_uri()
        self._login = login

    def bootstrap(self) -> Iterator[Manifest]:
        """What makes a cluster follow it: the objects of ``bootstrap.yaml``, with its address."""
        text = (self.work / "bootstrap.yaml").read_text()
        for manifest in yaml.load_all(text, "bootstrap.yaml"):
            if manifest["kind"] == "GitRepository":
                manifest["spec"]["url"] = self._url
                if self._login:
                    manifest["spec"]["secretRef"] = {"name": "fleet-login"}
                    metadata = {**manifest["metadata"], "name": "fleet-login"}
                    yield {**_SECRET, "metadata": metadata, "stringData": dict(self._login)}
            yield manifest

    @property
    def head(self) -> str:
        """The full id of the commit that is checked out."""
        return self._git("rev-parse", "HEAD")

    def create(self, content: Path) -> None:
        """Make both, with one commit that holds the files of ``content``."""
        shutil.copytree(content, self.work)
        self._git("init", "--quiet", "--initial-branch=main")
        self._git("init", "--quiet", "--bare", "--initial-branch=main", str(self.remote))
        self._git("remote", "add", "origin", self.remote.absolute().as_uri())
        for key in ("name", "email"):  # also for those who never told git who they are
            self._git("config", f"user.{key}", _SETTINGS[f"GIT_AUTHOR_{key.upper()}"])
        self.push("One application in three environments")

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit one file; ValueError if ``old`` is not in it."""
        file = self.work / path
        text = file.read_text()
        if old not in text:
            raise ValueError(f"{path} does not say {old!r}")
        file.write_text(text.replace(old, new))

    def remove(self, path: str) -> None:
        (self.work / path).unlink()

    def push(self, message: str) -> str:
        """Commit everything and push it; the id of the commit."""
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", message)
        self._git("push", "--quiet", "--set-upstream", "origin", "main")
        return self.head

    def pull(self) -> str:
        """Take over what others pushed; the id of the newest commit."""
        self._git("pull", "--quiet", "--ff-only")
        return self.head

    def title(self, commit: str) -> str:
        """The first line of a commit's message."""
        return self._git("show", "--no-patch", "--format=%s", commit)

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.work), *arguments]
        done = subprocess.run(
            command, env=_ENVIRONMENT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"git {arguments[0]}: {done.stderr.strip()}")
        return done.stdout.strip()
