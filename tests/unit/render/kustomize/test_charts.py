"""Charts that are not in the tree. All else of ``helmCharts`` is in ``tests/cases/parity``."""

from __future__ import annotations

import pytest

from trueup.errors import RenderError
from trueup.render.helm import ChartRendering, ChartRequest
from trueup.render.kustomize import Options, build
from trueup.render.kustomize.generators.charts import Inflation, Pull
from trueup.tree import MemoryTree, Tree

CHART = MemoryTree({"Chart.yaml": "name: web\nversion: 1.0.0\n", "values.yaml": "a: 1\nb: 2\n"})
KUSTOMIZATION = """
helmCharts:
- {name: web, version: 1.x, repo: https://charts.example, releaseName: my, valuesInline: {b: 3}}
"""


class Recorder:
    """A renderer that keeps what it is asked for, and renders nothing."""

    def __init__(self) -> None:
        self.requests: list[ChartRequest] = []

    def render(self, request: ChartRequest) -> ChartRendering:
        self.requests.append(request)
        return ChartRendering()


def _build(recorder: Recorder, pull: Pull | None) -> None:
    tree = MemoryTree({"kustomization.yaml": KUSTOMIZATION})
    build(tree, "", Options(charts=Inflation(recorder, pull=pull)))


def test_a_chart_that_is_not_there_is_pulled_from_its_repository() -> None:
    asked: list[tuple[str, str, str]] = []

    def pull(*what: str) -> Tree:
        repository, name, version = what
        asked.append((repository, name, version))
        return CHART

    recorder = Recorder()
    _build(recorder, pull)
    assert asked == [("https://charts.example", "web", "1.x")]
    assert recorder.requests[0].values == {"a": 1, "b": 3}


def test_a_chart_is_not_pulled_where_nobody_may() -> None:
    with pytest.raises(RenderError, match="charts are not pulled while rendering"):
        _build(Recorder(), None)
