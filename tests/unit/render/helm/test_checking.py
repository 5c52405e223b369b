"""What is refused before any template runs."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from trueup.errors import RenderError
from trueup.render.helm.chart import Chart
from trueup.render.helm.checking import MAX_DEPTH, check
from trueup.render.helm.request import ChartRequest

CHART = Chart((), "shop", "1.0.0")


def nested(depth: int) -> dict[str, Any]:
    """Maps within each other, ``depth`` of them."""
    return reduce(lambda inner, _: {"a": inner}, range(depth - 1), {})


def test_values_may_nest() -> None:
    check(ChartRequest(CHART, nested(MAX_DEPTH)))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (nested(MAX_DEPTH + 1), "the values nest deeper than 200 levels"),
        (nested(100_000), "the values nest deeper than 200 levels"),
        ({"a": ["\ud800"]}, "a value holds half of a character; correct it"),
        ({"\ud800": 1}, "a value holds half of a character; correct it"),
    ],
    ids=["deep", "very deep", "half a character", "half a character of a key"],
)
def test_values_that_nothing_can_take_are_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(RenderError) as caught:
        check(ChartRequest(CHART, values))
    assert str(caught.value) == f"shop: {why}"


@pytest.mark.parametrize("name", ["", "A", "a_b", "-a", "a-", "a" * 54, "a..b"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(RenderError, match="release name check failed"):
        check(ChartRequest(CHART, release_name=name))


@pytest.mark.parametrize("name", ["a", "a-b.c", "0", "a" * 53])
def test_a_name_is_taken(name: str) -> None:
    check(ChartRequest(CHART, release_name=name))
