"""A render sees each path once, whatever happens to the files meanwhile."""

from __future__ import annotations

from pathlib import Path

from trueup.tree import FolderTree, MemoryTree, RecordingTree, StillTree, Tree, is_current


def test_what_was_read_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("before")
    tree = StillTree(FolderTree(tmp_path))
    tree.read("a")
    (tmp_path / "a").write_text("after")
    assert tree.read("a") == b"before"


def test_what_was_not_there_stays_away(tmp_path: Path) -> None:
    tree = StillTree(FolderTree(tmp_path))
    tree.is_file("a")
    (tmp_path / "a").write_text("late")
    assert not tree.is_file("a")


def test_a_recording_below_notes_all_that_is_read() -> None:
    def recorded(files: dict[str, str]) -> RecordingTree:
        recording = RecordingTree(MemoryTree(files))
        still: Tree = StillTree(recording)
        assert still.read("a/b") == still.read("a/b")
        assert not still.is_file("a/c")
        return recording

    reads = recorded({"a/b": "1"}).reads
    assert is_current(reads, MemoryTree({"a/b": "1"}))
    assert not is_current(reads, MemoryTree({"a/b": "2"}))
    assert not is_current(reads, MemoryTree({"a/b": "1", "a/c": ""}))
