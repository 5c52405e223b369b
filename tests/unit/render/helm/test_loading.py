"""Charts from trees and packages; what they render to is in ``tests/cases/parity/helm``."""

from __future__ import annotations

import os

import pytest

from trueup.errors import RenderError, TreeError
from trueup.render.helm.chart import check_installable
from trueup.render.helm.loading import chart_from_package, chart_from_tree
from trueup.render.helm.packing import files_of, pack
from trueup.render.helm.request import ChartRequest
from trueup.tree import MemoryTree, RecordingTree, StillTree
from trueup.tree.bounds import MIB

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"


def loaded(files: dict[str, bytes | str], **links: str) -> list[str]:
    chart = chart_from_tree(MemoryTree({"c/Chart.yaml": CHART, **files}, links), "c")
    return [path for path, _ in chart.files]


def test_a_chart_is_what_lies_in_its_folder() -> None:
    files: dict[str, bytes | str] = {"c/templates/a.yaml": "a", "c/values.yaml": "b", "d": "no"}
    assert loaded(files) == ["Chart.yaml", "templates/a.yaml", "values.yaml"]


def test_it_knows_what_its_file_says() -> None:
    needs = "type: library\nkubeVersion: '>=1.20'\ndependencies:\n- {name: web, alias: blue}\n"
    chart = chart_from_tree(MemoryTree({"Chart.yaml": CHART + needs}), "")
    assert (chart.name, chart.kind, chart.kube_version) == ("shop", "library", ">=1.20")
    assert chart.dependencies == ("web",)


def test_folders_behind_links_are_followed_within_the_tree() -> None:
    chart = MemoryTree({"c/Chart.yaml": CHART, "d/a.txt": "a"}, {"c/files": "../d"})
    assert [path for path, _ in chart_from_tree(chart, "c").files] == ["Chart.yaml", "files/a.txt"]


def test_a_link_out_of_the_tree_is_refused() -> None:
    with pytest.raises(TreeError, match="leaves its tree"):
        chart_from_tree(MemoryTree({"c/Chart.yaml": CHART}, {"c/a": "../../etc/passwd"}), "c")


def test_a_link_into_itself_ends_with_an_error() -> None:
    with pytest.raises(TreeError):
        chart_from_tree(MemoryTree({"c/Chart.yaml": CHART}, {"c/again": "."}), "c")


def test_links_that_lead_to_one_folder_in_many_ways_end_with_an_error() -> None:
    files = {
        "c/Chart.yaml": CHART,
        "c/5/a.txt": bytes(4 * MIB),
        **{f"c/{n}/": b"" for n in range(5)},
    }
    links = {f"c/{n}/{name}": f"../{n + 1}" for n in range(5) for name in "xy"}
    with pytest.raises(TreeError, match="more than 104857600 bytes in all files"):
        chart_from_tree(StillTree(MemoryTree(files, links)), "c")


def test_what_is_read_is_noted() -> None:
    tree = RecordingTree(MemoryTree({"c/Chart.yaml": CHART, "c/.helmignore": "x", "c/x": "x"}))
    chart_from_tree(tree, "c")
    contents = {path for how, path in tree.reads if how == "content"}
    assert contents == {"c/Chart.yaml", "c/.helmignore"}


def test_a_file_of_more_than_five_mebibytes_is_refused() -> None:
    with pytest.raises(TreeError, match="larger than 5242880 bytes"):
        loaded({"c/big": bytes(5 * 1024 * 1024 + 1)})


def test_a_package_is_read_like_a_folder() -> None:
    files = (("Chart.yaml", CHART.encode()), ("templates/a.yaml", b"a"))
    assert chart_from_package(pack(files), "shop.tgz").files == files


def test_a_folder_that_is_no_chart_is_named() -> None:
    with pytest.raises(RenderError) as caught:
        chart_from_tree(MemoryTree({"c/values.yaml": ""}), "c")
    assert str(caught.value) == "c: Chart.yaml file is missing; name the folder of a chart"


def test_dependencies_that_are_missing_are_named_with_what_to_do() -> None:
    needs = "dependencies:\n- {name: web}\n- {name: db}\n- {name: mq}\n"
    web = pack([("Chart.yaml", b"apiVersion: v2\nname: web\nversion: 1.0.0\n")])
    files = {"Chart.yaml": CHART + needs, "charts/web-1.0.0.tgz": web, "charts/x": "no chart"}
    with pytest.raises(RenderError, match=r"missing in charts/ directory: db, mq; run helm dep"):
        check_installable(chart_from_tree(MemoryTree(files), ""))


def test_packages_within_packages_end_somewhere() -> None:
    inner: bytes = pack([("Chart.yaml", CHART.encode())])
    for _ in range(12):
        inner = pack([("Chart.yaml", CHART.encode()), ("charts/a.tgz", inner)])
    chart = chart_from_package(inner, "shop.tgz")
    with pytest.raises(RenderError, match="packages within packages, 10 deep"):
        files_of(ChartRequest(chart, validate_schema=False))


def test_packages_that_unpack_to_too_much_together_are_refused() -> None:
    content = b"".join(os.urandom(1000) + bytes(31_000) for _ in range(131))
    web = pack([("Chart.yaml", CHART.encode()), *((f"{n}", content) for n in range(9))])
    files = {"Chart.yaml": CHART, **{f"charts/{n}.tgz": web for n in range(3)}}
    chart = chart_from_tree(MemoryTree(files), "")
    with pytest.raises(TreeError, match="more than 104857600 bytes in all files"):
        files_of(ChartRequest(chart, validate_schema=False))
