"""Every kind of tree, holding the same files."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.fetch.git import GitCache, Reference, Remote
from trueup.testing.archives import packed, tar, tar_gz, zipped
from trueup.testing.git import GitRepo, link_to
from trueup.tree import (
    BoundedTree,
    FilteredTree,
    FolderTree,
    MemoryTree,
    OverlayTree,
    RecordingTree,
    StillTree,
    Tree,
)
from trueup.tree.archive import tree_from_archive
from trueup.tree.mount import MountedTree

FILES = {"app/a.yaml": "a: 1\n", "app/deep/b.yaml": "b: 1\n", "top.txt": "top\n"}
ODD = b"odd/caf\xe9".decode("utf-8", "surrogateescape")
"""A name that is no UTF-8: to a file system, to Git and in an archive a name is bytes."""

LINKS = {"inside": "app/a.yaml", "folder": "app", "up": "app/../top.txt"}
BAD_LINKS = {"out": "../x", "absolute": "/etc/hosts", "loop": "loop", "dangling": "nowhere"}


ALL_FILES = FILES | {ODD: "odd\n"}


def memory() -> MemoryTree:
    return MemoryTree(ALL_FILES, LINKS | BAD_LINKS)


def folder(path: Path) -> FolderTree:
    for name, content in ALL_FILES.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(content)
    for name, target in (LINKS | BAD_LINKS).items():
        (path / name).symlink_to(target)
    return FolderTree(path)


async def git(path: Path) -> Tree:
    repo = GitRepo(path / "repo.git")
    links = {name: link_to(target) for name, target in (LINKS | BAD_LINKS).items()}
    repo.commit({**ALL_FILES, **links})
    cache = GitCache(path / "cache")
    checkout = await cache.fetch(Remote.at(repo.url), Reference(branch="main"))
    return checkout.tree


ARCHIVES = {"tar": tar, "tar.gz": tar_gz, "zip": zipped}
KINDS = [
    "memory",
    "folder",
    "git",
    "overlay",
    "recording",
    "mounted",
    "bounded",
    "still",
    *ARCHIVES,
]


@pytest.fixture(params=KINDS)
async def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    """FILES and links, in each kind of tree in turn."""
    match request.param:
        case "folder":
            return folder(tmp_path)
        case "git":
            return await git(tmp_path)
        case "overlay":
            hidden = MemoryTree({**ALL_FILES, "top.txt": "under\n"}, LINKS | BAD_LINKS)
            return OverlayTree(hidden, {"top.txt": "top\n"})
        case "recording":
            return RecordingTree(memory())
        case "mounted":
            rest = {name: text for name, text in ALL_FILES.items() if "app" not in name}
            base = MemoryTree(rest, LINKS | BAD_LINKS)
            return MountedTree(base, {"app": (memory(), "app")})
        case "bounded":
            return BoundedTree(memory())
        case "still":
            return StillTree(memory())
        case "tar" | "tar.gz" | "zip" as name:
            return tree_from_archive(ARCHIVES[name](packed(ALL_FILES, LINKS | BAD_LINKS)))
        case _:
            return memory()


@pytest.fixture
def everything() -> FilteredTree:
    """A filter that hides no file; it hides links all the same."""
    return FilteredTree(memory(), lambda parts, is_dir: False, search_hidden=False, mark="all")
