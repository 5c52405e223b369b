"""What comes out of an archive, and what is refused; hostile bytes are in ``test_hostile``."""

from __future__ import annotations

import random
import tarfile
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
import yaml

from trueup.errors import TreeError
from trueup.testing.archives import Packed, packed, tar, tar_gz, zipped
from trueup.tree import Bounds, Tree
from trueup.tree.archive import chart_from_archive, tree_from_archive
from trueup.tree.bounds import MIB

CASES = yaml.safe_load((Path(__file__).parents[3] / "cases/tree/archives.yaml").read_text())
LONG = "long/" * 40 + "name"


def entry(given: dict[str, str]) -> Packed:
    spelled = {key: value.replace("LONG", LONG) for key, value in given.items()}
    content = spelled.pop("content", "").encode()
    return Packed(content=content, **spelled)


def unpacked(case: dict[str, Any]) -> Tree:
    pack = zipped if case.get("format") == "zip" else tar_gz
    read = chart_from_archive if case.get("chart") else tree_from_archive
    return read(pack([entry(each) for each in case["entries"]]), source="it")


def found(tree: Tree, path: str = "") -> tuple[dict[str, str], dict[str, str]]:
    files: dict[str, str] = {}
    links: dict[str, str] = {}
    for child in tree.entries(path):
        here = f"{path}/{child.name}".lstrip("/")
        if child.kind == "dir":
            below = found(tree, here)
            files |= below[0] or {f"{here}/": ""}
            links |= below[1]
        elif child.kind == "link":
            links[here] = tree._content(tuple(here.split("/"))).decode()
        else:
            files[here] = tree.read(here).decode()
    return files, links


@pytest.mark.parametrize("case", [c for c in CASES if "holds" in c], ids=lambda c: c["name"])
def test_an_archive_gives_its_tree(case: dict[str, Any]) -> None:
    files, links = found(unpacked(case))
    spelled = {key: value.replace("LONG", LONG) for key, value in case.get("links", {}).items()}
    wanted = {path: text for path, text in case["holds"].items() if not path.endswith("/")}
    assert {path: text for path, text in files.items() if not path.endswith("/")} == wanted
    assert links == {key.replace("LONG", LONG): value for key, value in spelled.items()}


@pytest.mark.parametrize("case", [c for c in CASES if "refused" in c], ids=lambda c: c["name"])
def test_what_a_tree_cannot_hold_is_refused_by_name(case: dict[str, Any]) -> None:
    with pytest.raises(TreeError) as refusal:
        unpacked(case)
    assert str(refusal.value) == case["refused"]


def test_every_case_says_what_it_expects() -> None:
    keys = {"name", "entries", "holds", "links", "refused", "chart", "format"}
    assert [case["name"] for case in CASES if set(case) - keys] == []
    assert all(("holds" in case) != ("refused" in case) for case in CASES)


FILES = {"a/b": "1", "a/" + "x" * 98: "2", "ü": "3", LONG: "4"}
STYLES = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]


@pytest.mark.parametrize("style", STYLES)
def test_tar_is_read_in_each_of_its_formats(style: int) -> None:
    tree = tree_from_archive(tar(packed(FILES, {}), style))
    assert {path: tree.read(path).decode() for path in FILES} == FILES


def test_the_same_files_have_one_digest_in_whatever_archive() -> None:
    entries = packed(FILES, {"l": "a/b"})
    trees = [tree_from_archive(pack(entries)) for pack in (tar, tar_gz, zipped)]
    assert len({tree.digest("") for tree in trees}) == 1


@pytest.mark.parametrize("pack", [tar, tar_gz, zipped])
def test_an_archive_may_lie_in_a_spooled_file(pack: Any) -> None:
    with SpooledTemporaryFile() as file:
        file.write(pack(packed(FILES, {})))
        file.seek(0)
        assert tree_from_archive(file).read("a/b") == b"1"  # type: ignore[arg-type]


@pytest.mark.parametrize("pack", [tar, tar_gz, zipped])
def test_a_file_of_zeros_is_no_bomb(pack: Any) -> None:
    zeros = bytes(1_000_000)
    assert tree_from_archive(pack([Packed("zeros", zeros)])).read("zeros") == zeros


def test_a_name_that_is_no_utf8_is_kept_byte_by_byte() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    made = BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo(name))
    assert tree_from_archive(made.getvalue()).is_file(name)


def test_a_file_of_a_chart_may_be_as_large_as_helm_takes_it() -> None:
    large = [Packed("app/Chart.yaml"), Packed("app/large", random.Random(0).randbytes(5 * MIB + 1))]
    with pytest.raises(TreeError, match="app/large: larger than 5242880 bytes"):
        chart_from_archive(tar(large))
    assert tree_from_archive(tar(large)).is_file("app/large")


BOUNDS = [
    (Bounds(total_bytes=7), "two: the tree is too large: more than 7 bytes in all files"),
    (Bounds(file_bytes=3), "one: larger than 3 bytes"),
    (Bounds(entries=3), "d/e/three: the tree is too large: more than 3 files and directories"),
    (Bounds(depth=2), "d/e/three: the tree is too large: more than 2 directories deep"),
    (Bounds(path_length=4), "d/e/three: the tree is too large: a path of more than 4 characters"),
]


@pytest.mark.parametrize("pack", [tar, tar_gz, zipped])
@pytest.mark.parametrize(("bounds", "cause"), BOUNDS)
def test_each_bound_is_held_and_the_entry_named(bounds: Bounds, cause: str, pack: Any) -> None:
    entries = packed({"one": "1234", "two": "1234", "d/e/three": ""}, {})
    with pytest.raises(TreeError) as refusal:
        tree_from_archive(pack(entries), bounds)
    assert str(refusal.value).startswith(cause)
