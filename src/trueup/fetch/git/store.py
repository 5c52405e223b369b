"""One bare repository on disk: what was fetched from one URL, and the references that keep it.

``refs/trueup/keep/<commit>/<object>`` holds each fetched commit (or the tag object before it):
what has such a reference is complete, as git writes a reference only after all of its objects.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pygit2

from trueup.fetch.git.environment import git_environment
from trueup.fetch.git.errors import GitError, error_from_stderr
from trueup.fetch.git.objects import Objects
from trueup.fetch.git.process import run_git
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.tree import GitTree

_INCOMING = "refs/trueup/incoming"
_KEEP = "refs/trueup/keep"
_HISTORY = "refs/trueup/history"
_KEPT_COMMITS = 32
"""Newest commits that stay though no tree of this process reads them: for restarts, for others."""

_UNFINISHED = "objects/pack/tmp_*"
_MAX_PACKS = 24
_COMPACT_TIMEOUT = 600.0
_LOCK_RETRY = 0.02

_FETCH = (
    "fetch",
    *("--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"),
)


class Store:
    """The bare repository at ``path``, made when it is first needed, remade when it is damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.objects = Objects(path)
        self._turn = asyncio.Lock()
        self._trees: weakref.WeakValueDictionary[str, GitTree] = weakref.WeakValueDictionary()

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """One fetch at a time, over all processes that share the folder."""
        async with self._turn:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
            os.utime(descriptor)
            try:
                while not _try_lock(descriptor):  # noqa: ASYNC110 - another process holds it
                    await asyncio.sleep(_LOCK_RETRY)
                yield
            finally:
                os.close(descriptor)

    @property
    def _lock(self) -> Path:
        return self.path.with_name(f"{self.path.name}.lock")

    @property
    def is_held(self) -> bool:
        """Whether somebody in this process still reads a tree of it."""
        return len(self._trees) > 0

    @property
    def used_at(self) -> float:
        """When it was last used by any process, in seconds since 1970."""
        return self._lock.stat().st_mtime if self._lock.exists() else 0.0

    def touch(self) -> None:
        """Counts as used now."""
        self._lock.touch(mode=0o600)

    def tree_id(self, commit: str) -> str:
        return str(self.objects.read(commit).tree_id)

    def tree(self, root: str, submodules: dict[str, GitTree] | None = None) -> GitTree:
        return GitTree(self.objects, root, submodules)

    def hold(self, commit: str, tree: GitTree) -> None:
        """Keeps ``commit`` in the store for as long as ``tree`` is held somewhere."""
        self._trees[f"{commit} {id(tree)}"] = tree

    def kept_object(self, commit: str, object_id: str = "") -> str | None:
        """What keeps ``commit``: itself, or the tag object; None if it was not fetched yet.

        With ``object_id``, only if that very object was fetched.
        """
        if self.objects.is_damaged or not self.path.is_dir():
            return None
        folder = self.path / _KEEP / commit
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        wanted = object_id or (commit if commit in names else min(names, default=""))
        if wanted not in names or not self.objects.has(wanted):
            return None
        os.utime(folder / wanted)
        self.touch()
        return wanted

    async def fetch(
        self, remote: Remote, source: str, max_bytes: int, *, depth: int = 1
    ) -> tuple[str, str]:
        """Fetches a reference or a commit id; gives (commit, fetched object).

        The caller holds the lock. A damaged repository is made anew, once. Raises GitError.
        """
        if self.objects.is_damaged:
            self._discard()
        try:
            return await self._fetch_once(remote, source, max_bytes, depth)
        except GitError as error:
            if error.trouble != "corrupt":
                raise
        self._discard()
        return await self._fetch_once(remote, source, max_bytes, depth)

    async def push(self, remote: Remote, commit: str, reference: str) -> None:
        """Moves a reference of the remote forward to ``commit``. Raises GitError."""
        command = ["--git-dir", str(self.path), "push", "--quiet", "--no-verify"]
        await run_checked(remote, [*command, "--", remote.url.text, f"{commit}:{reference}"])
        self._keep(commit, commit)

    async def _fetch_once(
        self, remote: Remote, source: str, max_bytes: int, depth: int
    ) -> tuple[str, str]:
        self.prepare()
        shallow = ("--update-shallow", f"--depth={depth}")
        try:
            await self._git_fetch(remote, [*shallow, f"+{source}:{_INCOMING}"], max_bytes)
        except GitError as error:
            if "unadvertised object" in error.cause:
                await self._fetch_history(remote, source, max_bytes)
            elif "not our ref" in error.cause:
                raise _no_such_commit(remote, source) from error
            else:
                raise
        return self._keep_incoming(source)

    async def _git_fetch(self, remote: Remote, what: list[str], max_bytes: int) -> None:
        *options, refspec = what
        command = ["--git-dir", str(self.path), *_FETCH, *options]
        try:
            await run_checked(remote, [*command, "--", remote.url.text, refspec], max_bytes)
        except GitError as error:
            if self._largest_leftover() >= max_bytes:  # git is killed there, without a word
                raise _too_large(remote, max_bytes) from error
            raise
        finally:
            self._clear_leftovers()

    def _largest_leftover(self) -> int:
        return max((each.stat().st_size for each in self.path.glob(_UNFINISHED)), default=0)

    def _clear_leftovers(self) -> None:
        """Removes what a process that was killed left behind; the caller holds the lock."""
        for leftover in (*self.path.glob("*.lock"), *self.path.glob(_UNFINISHED)):
            leftover.unlink(missing_ok=True)

    async def _fetch_history(self, remote: Remote, commit: str, max_bytes: int) -> None:
        """For servers that give nothing by its id: all branches, which may hold the commit."""
        await self._git_fetch(remote, [f"+refs/heads/*:{_HISTORY}/*"], max_bytes)
        repository = self.objects.repository
        if commit in repository:
            repository.create_reference(_INCOMING, commit, force=True)
        for name in repository.listall_references():
            if name.startswith(_HISTORY):
                repository.references.delete(name)
        if commit not in repository:
            raise _no_such_commit(remote, commit)

    def prepare(self) -> None:
        """Makes the repository if it is not there; the caller holds the lock."""
        if not (self.path / "objects").is_dir():
            self._discard()
            pygit2.init_repository(str(self.path), bare=True)
        self._clear_leftovers()

    def _keep_incoming(self, source: str) -> tuple[str, str]:
        try:
            repository = self.objects.repository
            incoming = repository.lookup_reference(_INCOMING)
            found = repository[incoming.target]
            commit = found.peel(pygit2.Commit)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise GitError(f"{source} does not lead to a commit: {error}") from error
        incoming.delete()
        self._keep(str(commit.id), str(found.id))
        return str(commit.id), str(found.id)

    def _keep(self, commit: str, object_id: str) -> None:
        name = f"{_KEEP}/{commit}/{object_id}"
        self.objects.repository.create_reference(name, object_id, force=True)

    def _discard(self) -> None:
        self.objects.close()
        shutil.rmtree(self.path, ignore_errors=True)
        self.objects.is_damaged = False

    async def compact_if_due(self) -> None:
        """Drops what nothing reads any more, once enough fetches left their packs behind."""
        if len(list(self.path.glob("objects/pack/*.pack"))) <= _MAX_PACKS:
            return
        self._forget_old()
        with git_environment() as environment:
            for arguments in (("repack", "-a", "-d", "-q"), ("prune", "--expire=now")):
                command = ("--git-dir", str(self.path), *arguments)
                await run_git(command, environment, timeout=_COMPACT_TIMEOUT)
        self.objects.close()

    def _forget_old(self) -> None:
        held = {key.partition(" ")[0] for key in self._trees}
        kept = sorted((self.path / _KEEP).glob("*/*"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-_KEPT_COMMITS]:
            if path.parent.name not in held:
                path.unlink(missing_ok=True)


async def run_checked(
    remote: Remote,
    arguments: list[str],
    max_bytes: int | None = None,
) -> str:
    """Runs git against ``remote``; its output, or a GitError that names the remote."""
    try:
        with git_environment(remote) as environment:
            done = await run_git(
                arguments, environment, timeout=remote.timeout, max_file_bytes=max_bytes
            )
    except GitError as error:
        error.subject = error.subject or remote.url.text
        raise
    if done.code != 0:
        raise error_from_stderr(_without_secrets(done.err, remote), remote.url.text)
    return done.out


def _without_secrets(text: str, remote: Remote) -> str:
    secrets = [*remote.credentials.secrets, remote.proxy.password if remote.proxy else ""]
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text


def _no_such_commit(remote: Remote, commit: str) -> GitError:
    return GitError(
        f"unable to resolve commit object for '{commit}': object not found",
        subject=remote.url.text,
        next_step="check the commit id, and that it is on a branch",
        trouble="unknown-ref",
    )


def _too_large(remote: Remote, max_bytes: int) -> GitError:
    return GitError(
        f"the fetch brings more than {max_bytes} bytes",
        subject=remote.url.text,
        next_step="keep large files out of the repository",
        trouble="too-large",
    )


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
