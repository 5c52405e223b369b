"""What a source leaves out, and that remembering it from commit to commit changes nothing.

The patterns themselves are held against Flux's in the cases of ``trueup eval sourceignore``.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trueup.fetch.ignore import IGNORE_FILE, Memo, filter_source
from trueup.tree import MemoryTree, Tree

NAMES = st.sampled_from(["a.txt", "b.md", "c.png", IGNORE_FILE])
FOLDERS = st.sampled_from(["", "x/", "y/", "x/y/"])
LINES = st.sampled_from(["*.txt", "!*.txt", "b.md", "/a.txt", "x/", "y/*.md", "# note"])
FILES = st.dictionaries(
    st.tuples(FOLDERS, NAMES).map("".join), st.lists(LINES, max_size=3).map("\n".join), max_size=8
)


def listed(tree: Tree, path: str = "") -> list[str]:
    """The paths of all files."""
    found: list[str] = []
    for entry in tree.entries(path):
        inner = f"{path}/{entry.name}" if path else entry.name
        found += listed(tree, inner) if entry.kind == "dir" else [inner]
    return found


@given(commits=st.lists(FILES, min_size=1, max_size=4), ignore=st.none() | LINES)
def test_what_is_remembered_changes_no_answer(
    commits: list[dict[str, str]], ignore: str | None
) -> None:
    memo: Memo = {}
    for files in commits:
        tree = MemoryTree(files)
        remembered, afresh = filter_source(tree, ignore, memo), filter_source(tree, ignore)
        assert listed(remembered) == listed(afresh)
        assert remembered.digest("") == afresh.digest("")


def test_pictures_and_ci_files_are_left_out_unless_the_source_says_otherwise() -> None:
    files = MemoryTree({"a.png": "", ".github/ci.yaml": "", ".gitmodules": "", "a.yaml": ""})
    assert listed(filter_source(files)) == ["a.yaml"]
    assert listed(filter_source(files, "b.yaml")) == [".github/ci.yaml", "a.png", "a.yaml"]
