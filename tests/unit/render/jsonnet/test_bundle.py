"""What is gathered for an evaluation. What comes of it is in ``tests/cases/parity/jsonnet``."""

from __future__ import annotations

import pytest

from trueup.errors import RenderError
from trueup.render.jsonnet import Bundle, Request, gather
from trueup.render.jsonnet import bundle as bundling
from trueup.tree import MemoryTree, RecordingTree

FILES = {"app/main.jsonnet": "import 'x.libsonnet'", "lib/x.libsonnet": "importstr 'gone'"}


def gathered(base: str = "") -> Bundle:
    request = Request(libraries=("lib",), base=base)
    return gather(MemoryTree(FILES), "app/main.jsonnet", request)


def test_all_that_may_be_read_is_gathered() -> None:
    assert sorted(gathered().files) == ["app/main.jsonnet", "lib/x.libsonnet"]


def test_an_import_is_known_by_where_it_stands_and_what_it_says() -> None:
    assert gathered().imports == {("app/", "x.libsonnet"): "lib/x.libsonnet"}


def test_files_are_called_by_their_path_from_where_the_person_is() -> None:
    assert sorted(gathered("app").files) == ["/lib/x.libsonnet", "main.jsonnet"]


def test_what_was_looked_for_is_noted() -> None:
    tree = RecordingTree(MemoryTree(FILES))
    gather(tree, "app/main.jsonnet", Request(libraries=("lib",)))
    read = {path for how, path in tree.reads if how == "kind"}
    assert {"app/x.libsonnet", "lib/x.libsonnet", "lib/gone"} <= read


def test_a_path_that_leaves_the_tree_is_refused() -> None:
    with pytest.raises(RenderError, match=r"a: imports what leaves the tree: \.\./b"):
        gather(MemoryTree({"a": "import '../b'"}), "a", Request())


def test_a_link_that_leaves_the_tree_is_refused() -> None:
    tree = MemoryTree({"a": "import 'b'"}, links={"b": "../secret"})
    with pytest.raises(RenderError, match="imports what leaves the tree"):
        gather(tree, "a", Request())


def test_an_absolute_path_is_refused() -> None:
    with pytest.raises(RenderError, match="imports an absolute path"):
        gather(MemoryTree({"a": "import '/etc/passwd'"}), "a", Request())


def test_a_file_is_read_but_once_however_often_it_is_imported() -> None:
    text = " + ".join(["import 'a'"] * 3)
    assert gather(MemoryTree({"a": text}), "a", Request()).files == {"a": text.encode()}


def test_more_than_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "MAX_FILES", 1)
    with pytest.raises(RenderError, match="imports more than 1 files"):
        gather(MemoryTree({"a": "import 'b'", "b": "1"}), "a", Request())
