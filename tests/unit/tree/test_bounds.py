"""What one render may read of a tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.errors import TreeError
from trueup.tree import BoundedTree, Bounds, FolderTree, MemoryTree

FILES = MemoryTree({"a/x": "1234", "a/y": "1234", "b/c/d/z": "1"})


def refusal(tree: BoundedTree, *paths: str) -> str:
    with pytest.raises(TreeError) as refused:
        [tree.read(path) for path in paths]
    return str(refused.value)


def test_a_file_may_be_read_again_and_again() -> None:
    tree = BoundedTree(FILES, Bounds(total_bytes=8))
    assert [tree.read(path) for path in ("a/x", "a/y", "a/x", "a/y")] == [b"1234"] * 4


def test_all_files_together_may_only_be_so_large() -> None:
    tree = BoundedTree(FILES, Bounds(total_bytes=7))
    assert refusal(tree, "a/x", "a/y") == (
        "a/y: the tree is too large: more than 7 bytes in all files; split it, or name a part of it"
    )


def test_one_file_may_only_be_so_large() -> None:
    tree = BoundedTree(FILES, Bounds(file_bytes=3))
    assert refusal(tree, "a/x") == "a/x: larger than 3 bytes; keep large files elsewhere"


def test_a_file_may_only_lie_so_deep() -> None:
    assert "more than 3 directories deep" in refusal(BoundedTree(FILES, Bounds(depth=3)), "b/c/d/z")


def test_only_so_many_entries_may_be_listed() -> None:
    tree = BoundedTree(FILES, Bounds(entries=3))
    assert [len(tree.entries(path)) for path in ("a", "b", "a")] == [2, 1, 2]
    with pytest.raises(TreeError, match="b/c: the tree is too large: more than 3 files"):
        tree.entries("b/c")


def test_a_bounded_disk_is_a_whole_disk_still() -> None:
    assert BoundedTree(FolderTree(Path("/"))).is_whole_disk
