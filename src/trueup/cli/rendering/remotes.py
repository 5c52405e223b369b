"""Fetches the bases and files that kustomizations name by URL."""

from __future__ import annotations

import asyncio
import re
from functools import cache
from pathlib import Path

from trueup.errors import RenderError
from trueup.fetch.git import GitCache, GitError, Reference, Remote
from trueup.fetch.http import HttpClient, read_body
from trueup.render.kustomize.remotes import Repository
from trueup.tree import Tree

MAX_BYTES = 32 * 1024 * 1024
"""Of one file."""

_COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_SCP = re.compile(r"([^/:]+):([^/].*)")
_FILE_SECONDS = 60.0


class FetchedRemotes:
    """Asks each repository and each file once; repositories are kept in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._git = GitCache(folder)
        self.repository = cache(self._repository)
        self.file = cache(self._file)

    def _repository(self, repository: Repository) -> Tree:
        return asyncio.run(self._fetched(repository))

    async def _fetched(self, repository: Repository) -> Tree:
        remote = Remote.at(_address(repository.url), timeout=repository.timeout)
        *first, last = _references(repository.ref)
        for reference in first:
            try:
                return await self._tree(remote, reference, repository)
            except GitError as error:
                if error.trouble != "unknown-ref":
                    raise
        return await self._tree(remote, last, repository)

    async def _tree(self, remote: Remote, reference: Reference, wanted: Repository) -> Tree:
        found = await self._git.fetch(remote, reference, submodules=wanted.submodules)
        return found.tree

    def _file(self, url: str) -> bytes:
        async def work() -> bytes:
            async with HttpClient(timeout=_FILE_SECONDS) as client, client.get(url) as response:
                if not 200 <= response.status < 300:
                    raise RenderError(
                        f"HTTP status {response.status} {response.reason or ''}".rstrip(),
                        subject=url,
                        next_step="correct the URL",
                    )
                return await read_body(response, MAX_BYTES, url)

        return asyncio.run(work())


def _address(url: str) -> str:
    """The URL as our own Git takes it: ``user@host:path`` is SSH, too."""
    return url if "://" in url else _SCP.sub(r"ssh://\1/\2", url)


def _references(ref: str) -> list[Reference]:
    """What ``ref`` can mean, what git takes first at first."""
    if _COMMIT.fullmatch(ref):
        return [Reference(commit=ref)]
    if ref in ("", "HEAD") or ref.startswith("refs/"):
        return [Reference(name=ref or "HEAD")]
    return [Reference(name=f"refs/tags/{ref}"), Reference(name=f"refs/heads/{ref}")]
