"""What every tree promises, whatever lies behind it."""

from __future__ import annotations

import pytest

from tests.unit.tree.conftest import ODD
from trueup.errors import TreeError
from trueup.tree import FilteredTree, MemoryTree, OverlayTree, Tree, clean_path
from trueup.tree.mount import MountedTree

READS = [
    ("app/a.yaml", b"a: 1\n"),
    ("./app//deep/../a.yaml", b"a: 1\n"),
    ("inside", b"a: 1\n"),
    ("folder/deep/b.yaml", b"b: 1\n"),
    ("up", b"top\n"),
]


@pytest.mark.parametrize(("path", "content"), READS)
async def test_a_file_is_read_by_every_name_it_has(path: str, content: bytes, tree: Tree) -> None:
    assert tree.read(path) == content


KINDS = [
    ("", "dir"),
    ("app", "dir"),
    ("folder", "dir"),
    ("inside", "file"),
    ("gone", None),
    ("app/gone", None),
    ("top.txt/below", None),
    ("dangling", None),
]


@pytest.mark.parametrize(("path", "kind"), KINDS)
async def test_the_kind_is_that_of_what_a_link_leads_to(
    path: str, kind: str | None, tree: Tree
) -> None:
    assert tree.kind(path) == kind


async def test_a_folder_lists_its_names_in_order_with_links_as_links(tree: Tree) -> None:
    assert [(entry.name, entry.kind) for entry in tree.entries("app")] == [
        ("a.yaml", "file"),
        ("deep", "dir"),
    ]
    links = [entry.name for entry in tree.entries() if entry.kind == "link"]
    assert links == ["absolute", "dangling", "folder", "inside", "loop", "out", "up"]


REFUSED = [
    ("../x", "path leaves its tree"),
    ("app/../../x", "path leaves its tree"),
    ("/etc/hosts", "absolute paths are not allowed"),
    ("out", "symlink leaves its tree"),
    ("absolute", "symlink leaves its tree"),
    ("loop", "too many levels of symlinks"),
    ("gone", "no such file"),
    ("dangling", "no such file"),
    ("app", "is a directory, not a file"),
]


@pytest.mark.parametrize(("path", "cause"), REFUSED)
async def test_nothing_outside_is_ever_read(path: str, cause: str, tree: Tree) -> None:
    with pytest.raises(TreeError, match=cause):
        tree.read(path)


async def test_a_listing_of_what_is_no_folder_is_refused(tree: Tree) -> None:
    with pytest.raises(TreeError, match="is a file, not a directory"):
        tree.entries("top.txt")
    with pytest.raises(TreeError, match="no such directory"):
        tree.entries("gone")


async def test_a_name_that_is_no_utf8_is_one_like_others(tree: Tree) -> None:
    assert [entry.name for entry in tree.entries("odd")] == [ODD.removeprefix("odd/")]
    assert tree.read(ODD) == b"odd\n"
    assert tree.digest("odd")


async def test_a_digest_is_the_same_whenever_it_is_asked_for(tree: Tree) -> None:
    paths = ("", "app", "folder/a.yaml", "up", ODD)
    assert [tree.digest(path) for path in paths] == [tree.digest(path) for path in paths]


async def test_different_content_has_different_digests_and_the_same_has_one(tree: Tree) -> None:
    assert tree.digest("inside") == tree.digest("app/a.yaml")
    assert tree.digest("app/a.yaml") != tree.digest("top.txt")
    assert tree.digest("gone") is None


@pytest.mark.parametrize("path", ["app/new.yaml", "app/deep/new.yaml", "new/x"])
def test_the_digest_of_a_folder_tells_of_all_below_it(path: str) -> None:
    before = MemoryTree({"app/a.yaml": "1", "app/deep/b.yaml": "2"})
    after = MemoryTree({"app/a.yaml": "1", "app/deep/b.yaml": "2", path: "3"})
    assert before.digest("") != after.digest("")


CLEANED = [("a/./b//c", ("a", "b", "c")), ("a/../b", ("b",)), ("", ()), (".", ()), ("a/", ("a",))]


@pytest.mark.parametrize(("path", "parts"), CLEANED)
def test_a_path_is_made_of_its_parts(path: str, parts: tuple[str, ...]) -> None:
    assert clean_path(path) == parts


def test_a_filter_hides_links_and_what_it_is_told(everything: FilteredTree) -> None:
    assert [entry.name for entry in everything.entries()] == ["app", "odd", "top.txt"]
    assert everything.kind("inside") is None


def test_a_hidden_folder_is_there_for_what_is_shown_in_it() -> None:
    files = MemoryTree({"app/keep.yaml": "1", "app/drop.yaml": "2", "other/drop.yaml": "3"})
    kept = FilteredTree(
        files, lambda parts, is_dir: parts[-1] != "keep.yaml", search_hidden=True, mark="k"
    )
    assert [entry.name for entry in kept.entries()] == ["app"]
    assert [entry.name for entry in kept.entries("app")] == ["keep.yaml"]


def test_another_filter_gives_folders_another_digest() -> None:
    files = MemoryTree({"app/a.yaml": "1"})
    one, other = (
        FilteredTree(files, lambda parts, is_dir: False, search_hidden=False, mark=mark)
        for mark in ("one", "other")
    )
    assert one.digest("app") != other.digest("app")
    assert one.digest("app/a.yaml") == other.digest("app/a.yaml")


def test_an_overlay_adds_and_replaces_and_keeps_the_rest() -> None:
    tree = OverlayTree(MemoryTree({"a": "1", "d/b": "2"}), {"a": "9", "d/c": "3", "e/f": "4"})
    assert [tree.read(path) for path in ("a", "d/b", "d/c", "e/f")] == [b"9", b"2", b"3", b"4"]
    assert [entry.name for entry in tree.entries("d")] == ["b", "c"]


def test_a_mount_takes_the_place_of_what_was_there() -> None:
    tree = MountedTree(
        MemoryTree({"vendor/old": "1", "a": "2"}),
        {"vendor": (MemoryTree({"sub/new": "3"}), "sub"), "x/y": (MemoryTree({"z": "4"}), "")},
    )
    assert [entry.name for entry in tree.entries()] == ["a", "vendor", "x"]
    assert [entry.name for entry in tree.entries("vendor")] == ["new"]
    assert tree.read("x/y/z") == b"4"


def test_a_mount_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(TreeError, match="no such directory to include"):
        MountedTree(MemoryTree({}), {"vendor": (MemoryTree({}), "gone")})


def test_a_mount_point_cannot_lie_outside() -> None:
    with pytest.raises(TreeError, match="path leaves its tree"):
        MountedTree(MemoryTree({}), {"../vendor": (MemoryTree({}), "")})


def test_what_is_mounted_counts_in_the_digest() -> None:
    base = MemoryTree({"a": "1"})
    one, other = (MountedTree(base, {"v": (MemoryTree({"x": text}), "")}) for text in ("1", "2"))
    assert one.digest("") != other.digest("")
