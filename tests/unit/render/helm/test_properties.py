"""What holds of values, packages and order for all inputs."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trueup.objects import yaml
from trueup.render.helm.arranging import arrange
from trueup.render.helm.chart import chart_from_files
from trueup.render.helm.loading import chart_from_package
from trueup.render.helm.packing import pack
from trueup.render.helm.values import merge

LEAVES = (
    st.none()
    | st.booleans()
    | st.floats(-9, 9)
    | st.text(max_size=3)
    | st.lists(st.text(max_size=2), max_size=2)
)
VALUES = st.recursive(
    st.dictionaries(st.sampled_from("abc"), LEAVES, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), LEAVES | inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
PATHS = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)
CONTENTS = st.binary(max_size=20).filter(lambda it: not it.startswith(b"\xef\xbb\xbf"))
KINDS = st.sampled_from(["Pod", "Service", "Namespace", "Zoo", "Ape"])
CHART = ("Chart.yaml", b"apiVersion: v2\nname: c\nversion: 1.0.0\n")


@given(VALUES)
def test_values_merged_with_themselves_stay(values: dict[str, Any]) -> None:
    assert merge(values, values) == values


@given(VALUES, VALUES)
def test_all_that_is_said_last_holds(under: dict[str, Any], over: dict[str, Any]) -> None:
    merged = merge(under, over)
    assert merge(merged, over) == merged


@given(VALUES, VALUES)
def test_nothing_is_merged_in_place(under: dict[str, Any], over: dict[str, Any]) -> None:
    before = yaml.dump([under, over])
    merge(under, over)
    assert yaml.dump([under, over]) == before


@given(st.dictionaries(PATHS, CONTENTS, max_size=5))
def test_what_is_packed_comes_out_again_but_for_marks_of_byte_order(
    files: dict[str, bytes],
) -> None:
    wanted = {f"files/{number}/{path}": files[path] for number, path in enumerate(files)}
    chart = chart_from_package(pack([CHART, *wanted.items()]), "c.tgz")
    assert dict(chart.files) == {**wanted, CHART[0]: CHART[1]}
    assert chart_from_files(chart.files, "c") == chart


@given(st.lists(KINDS, max_size=8))
def test_ordering_loses_nothing_and_keeps_the_order_of_a_kind(kinds: list[str]) -> None:
    text = "\n---\n".join(f"kind: {kind}\nat: {at}" for at, kind in enumerate(kinds))
    found = [
        (it.kind, (it.object or {})["at"]) for it in arrange({"c/a.yaml": text}, "c").manifests
    ]
    assert sorted(found, key=lambda it: it[1]) == list(zip(kinds, range(len(kinds)), strict=True))
    for kind in kinds:
        places = [at for each, at in found if each == kind]
        assert places == sorted(places)
