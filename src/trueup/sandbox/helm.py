"""Helm as a library, in worker processes: one of the two ways to render charts."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Any

import orjson

from trueup.errors import MissingExtra, RenderError, SandboxError
from trueup.render.helm.arranging import arrange
from trueup.render.helm.chart import Chart
from trueup.render.helm.checking import check
from trueup.render.helm.packing import files_of, pack, without
from trueup.render.helm.request import ChartRendering, ChartRequest
from trueup.sandbox import helm_inside
from trueup.sandbox.limits import MEBIBYTE, Limits
from trueup.sandbox.pool import Pool

HELM_LIMITS = Limits(
    wall_seconds=60,
    cpu_seconds=15,
    memory_bytes=1024 * MEBIBYTE,
    output_bytes=16 * MEBIBYTE,
)
"""A rendering takes some milliseconds; what the largest charts render to is some 5 MiB."""

_FINDINGS = re.compile(r"^- at .*(?:\n- at .*)*", re.MULTILINE)
_MOST_OF_AN_ERROR = 1000
"""Characters of its beginning, and of its end."""


def is_installed() -> bool:
    """Whether the extra ``helm`` is there."""
    return find_spec("helm_python") is not None


def helm_pool(size: int = 2, limits: Limits = HELM_LIMITS) -> Pool:
    """Workers for a ``LibraryRenderer``."""
    return Pool(size, limits, settings_of_go(limits))


def settings_of_go(limits: Limits) -> dict[str, str]:
    """What Go takes from the environment: it cleans up before it hits the limit on memory."""
    soft = limits.memory_bytes * 3 // 4
    return {"GOMAXPROCS": "2", "GOTRACEBACK": "none", "GOMEMLIMIT": str(soft)}


class LibraryRenderer:
    """A ``ChartRenderer`` on Helm's library, helm-python-sdk, in the workers of ``pool``."""

    def __init__(self, pool: Pool) -> None:
        if not is_installed():
            raise MissingExtra(
                "charts are rendered by Helm's library, which is not installed",
                next_step="install trueup[helm]",
            )
        self._pool = pool

    def render(self, request: ChartRequest) -> ChartRendering:
        """See ``ChartRenderer``."""
        chart = request.chart
        check(request)
        files, guard = files_of(request)
        payload = helm_inside.request(_options(request), dict(request.values), pack(files))
        try:
            answer = self._pool.call(f"{helm_inside.__name__}:render", payload)
        except (RenderError, SandboxError) as error:
            raise _told(error, chart, guard) from error
        told = orjson.loads(answer)
        crds = [(crd["filename"], crd["data"]) for crd in told["crds"]]
        return arrange(without(told["files"], guard), chart.name, crds)


def _options(request: ChartRequest) -> dict[str, Any]:
    options: dict[str, Any] = {
        "name": request.release_name,
        "namespace": request.namespace,
        "is_upgrade": request.is_upgrade,
        "is_install": not request.is_upgrade,
        "api_versions": list(request.api_versions),
    }
    return options | ({"kube_version": request.kube_version} if request.kube_version else {})


def _told(
    error: RenderError | SandboxError, chart: Chart, guard: str
) -> RenderError | SandboxError:
    """``error`` with the chart's name, and what the guard refuses as Helm would say it."""
    error.subject = error.subject or chart.name
    if guard and f"{guard}:" in error.cause:
        said = error.cause.partition("): ")[2]
        error.cause = said or f"chart requires kubeVersion: {chart.kube_version}, which is none"
    error.cause = shortened(error.cause)
    return error


def shortened(text: str) -> str:
    """Helm's error, the same each time, and without the middle where it is long.

    A thousand includes make as many lines; what a schema finds wrong comes in any order.
    """
    text = _FINDINGS.sub(lambda found: "\n".join(sorted(found[0].split("\n"))), text)
    if len(text) <= 2 * _MOST_OF_AN_ERROR:
        return text
    return f"{text[:_MOST_OF_AN_ERROR]} ... {text[-_MOST_OF_AN_ERROR:]}"
