"""What was read, and looked for in vain, tells whether another tree would read the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import TreeError
from trueup.tree import Difference, MemoryTree, OverlayTree, RecordingTree, Tree, is_current

FILES = {"a/k.yaml": "1", "a/x.txt": "2", "b/y.txt": "3"}
LINKS = {"l": "a/x.txt", "d": "a"}


def tree(**changed: str | None) -> MemoryTree:
    """FILES with some changed; None takes a file away. ``__`` in a name stands for ``/``."""
    files: dict[str, str | None] = dict(FILES)
    files |= {name.replace("__", "/").replace("_", "."): text for name, text in changed.items()}
    return MemoryTree({path: text for path, text in files.items() if text is not None}, LINKS)


READS: list[tuple[str, Callable[[Tree], object], dict[str, str | None], bool]] = [
    ("a file that was read changed", lambda t: t.read("a/x.txt"), {"a__x_txt": "9"}, False),
    ("another file changed", lambda t: t.read("a/x.txt"), {"b__y_txt": "9"}, True),
    ("a file that was read is gone", lambda t: t.read("a/x.txt"), {"a__x_txt": None}, False),
    ("a missing file appeared", lambda t: t.is_file("a/new"), {"a__new": ""}, False),
    ("a missing file is still missing", lambda t: t.is_file("a/new"), {"a__x_txt": "9"}, True),
    ("only the kind was asked for", lambda t: t.is_file("a/x.txt"), {"a__x_txt": "9"}, True),
    ("a listed folder got a file", lambda t: t.entries("a"), {"a__new": ""}, False),
    ("a listed folder lost a file", lambda t: t.entries("a"), {"a__x_txt": None}, False),
    ("a file in a listed folder changed", lambda t: t.entries("a"), {"a__x_txt": "9"}, True),
    ("a folder's digest was asked for", lambda t: t.digest("a"), {"a__x_txt": "9"}, False),
    ("what a link leads to changed", lambda t: t.read("l"), {"a__x_txt": "9"}, False),
    ("what lies behind a linked folder", lambda t: t.read("d/x.txt"), {"a__x_txt": "9"}, False),
]


@pytest.mark.parametrize(("case", "read", "change", "same"), READS, ids=[r[0] for r in READS])
def test_a_change_counts_if_it_was_looked_at(
    case: str, read: Callable[[Tree], object], change: dict[str, str | None], same: bool
) -> None:
    recorder = RecordingTree(tree())
    read(recorder)
    assert is_current(recorder.reads, tree(**change)) is same
    assert is_current(recorder.reads, tree())


RAW_READS = [each for each in READS if "digest" not in each[0]]


@pytest.mark.parametrize(
    ("case", "read", "change", "same"), RAW_READS, ids=[r[0] for r in RAW_READS]
)
def test_reading_through_an_overlay_is_noted_just_the_same(
    case: str, read: Callable[[Tree], object], change: dict[str, str | None], same: bool
) -> None:
    recorder = RecordingTree(tree())
    read(OverlayTree(recorder, {"generated.yaml": "x"}))
    assert is_current(recorder.reads, tree(**change)) is same


def test_a_link_that_was_followed_and_changes_counts() -> None:
    recorder = RecordingTree(tree())
    recorder.read("l")
    assert not is_current(recorder.reads, MemoryTree(FILES, {"l": "a/k.yaml"}))


def test_a_folder_that_became_a_file_counts() -> None:
    recorder = RecordingTree(tree())
    recorder.read("a/x.txt")
    assert not is_current(recorder.reads, MemoryTree({"a": "file"}))


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(NAMES, st.sampled_from("123"), max_size=5)


def _memory_tree(files: dict[str, str]) -> MemoryTree | None:
    nested = any(other.startswith(f"{path}/") for path in files for other in files)
    return None if nested else MemoryTree(files)


def _walk(found: Tree, asked: list[str]) -> list[object]:
    return [_answer(found, path) for path in asked]


def _answer(found: Tree, path: str) -> object:
    try:
        kind = found.kind(path)
        names = [(e.name, e.kind) for e in found.entries(path)] if kind == "dir" else None
        return kind, names, found.read(path) if kind == "file" else None
    except TreeError as error:
        return str(error)


@given(before=TREES, after=TREES, asked=st.lists(NAMES, max_size=4))
def test_a_current_record_promises_the_same_answers(
    before: dict[str, str], after: dict[str, str], asked: list[str]
) -> None:
    one, other = _memory_tree(before), _memory_tree(after)
    if one is None or other is None:
        return
    recorder = RecordingTree(one)
    answers = _walk(recorder, asked)
    if is_current(recorder.reads, other):
        assert _walk(other, asked) == answers


@given(before=TREES, after=TREES, asked=st.lists(NAMES, max_size=4))
def test_knowing_where_two_trees_differ_changes_no_answer(
    before: dict[str, str], after: dict[str, str], asked: list[str]
) -> None:
    one, other = _memory_tree(before), _memory_tree(after)
    if one is None or other is None:
        return
    recorder = RecordingTree(one)
    _walk(recorder, asked)
    quick = is_current(recorder.reads, other, Difference(one, other))
    assert quick == is_current(recorder.reads, other)
