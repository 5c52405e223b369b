"""What ``.gitmodules`` says, where a submodule's relative URL leads, and the trees behind it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from trueup.errors import TrueupError
from trueup.fetch.git.credentials import Credentials
from trueup.fetch.git.errors import GitError
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.store import Store
from trueup.fetch.git.tree import GitTree

MAX_DEPTH = 10
"""Submodules of submodules that are followed, as go-git does."""

_SECTION = re.compile(r'\[\s*submodule\s+"((?:[^"\\]|\\.)*)"\s*\]', re.IGNORECASE)
_SETTING = re.compile(r"([A-Za-z][\w-]*)\s*=\s*(.*?)\s*")


Bring = Callable[[Remote, str], Awaitable[Store]]
"""Makes sure that a commit of a remote is there; gives the store that holds it."""


@dataclass(frozen=True, slots=True)
class Submodule:
    """Where a submodule lies, and where it comes from."""

    path: str
    url: str


async def submodule_trees(
    bring: Bring, remote: Remote, store: Store, commit: str, depth: int = MAX_DEPTH
) -> dict[str, GitTree]:
    """The trees of all submodules of ``commit``, by path; raises what ``bring`` raises."""
    tree = store.tree(store.tree_id(commit))
    if depth == 0 or not tree.is_file(".gitmodules"):
        return {}
    trees = {}
    for submodule in parse_gitmodules(tree.read(".gitmodules").decode("utf-8", "replace")):
        recorded = tree.submodule_commit(submodule.path)
        if recorded is None:
            continue
        try:
            there = remote_of(submodule, remote)
            trees[submodule.path] = await _tree_of(bring, there, recorded, depth - 1)
        except TrueupError as error:
            error.cause = f"submodule '{submodule.path}': {error.cause}"
            raise
    return trees


async def _tree_of(bring: Bring, remote: Remote, commit: str, depth: int) -> GitTree:
    store = await bring(remote, commit)
    below = await submodule_trees(bring, remote, store, commit, depth)
    tree = store.tree(store.tree_id(commit), below)
    store.hold(commit, tree)
    return tree


def parse_gitmodules(text: str) -> list[Submodule]:
    """The submodules that have a path and a URL (git-config syntax without continuation lines)."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in text.splitlines():
        line = line.strip()
        if header := _SECTION.match(line):
            current = found.setdefault(header.group(1), {})
        elif line.startswith("["):
            current = {}
        elif setting := _SETTING.fullmatch(line):
            current[setting.group(1).lower()] = _unquoted(setting.group(2))
    return [
        Submodule(each["path"].strip("/"), each["url"])
        for each in found.values()
        if each.get("path") and each.get("url")
    ]


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return re.split(r"\s[#;]", value, maxsplit=1)[0].rstrip()


def remote_of(submodule: Submodule, parent: Remote) -> Remote:
    """Where a submodule is fetched from. The parent's credentials go only to the parent's host and port.

    Raises GitError where a repository from the network names a path of this machine.
    """
    url = submodule.url
    if url.startswith(("./", "../")):
        url = _joined(parent.url.text, url)
    elif re.match(r"[^/:]+@[^/:]+:(?!//)", url):
        user_and_host, _, path = url.partition(":")
        url = f"ssh://{user_and_host}/{path}"
    remote = Remote.at(url, Credentials(), proxy=parent.proxy, timeout=parent.timeout)
    if remote.url.is_local and not parent.url.is_local:
        raise GitError(
            f"submodule '{submodule.path}' names a local path: {url}", subject=parent.url.text
        )
    is_same = (remote.url.scheme, remote.url.address) == (parent.url.scheme, parent.url.address)
    credentials = parent.credentials if is_same else Credentials.from_url(url)
    return Remote(remote.url, credentials, parent.proxy, parent.timeout)


def _joined(base: str, relative: str) -> str:
    """Git's own rule: each ``../`` takes one part off the parent's URL."""
    parts = urlsplit(base) if "://" in base else None
    path = (parts.path if parts else base).rstrip("/")
    while relative.startswith(("./", "../")):
        step, _, relative = relative.partition("/")
        if step == "..":
            path = path.rpartition("/")[0]
    joined = f"{path}/{relative}"
    return parts._replace(path=joined).geturl() if parts else joined
