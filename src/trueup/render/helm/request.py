"""The port: what is asked of whoever runs a chart's templates, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from trueup.objects import Manifest
from trueup.render.helm.chart import Chart
from trueup.render.helm.gotext import as_text

DEFAULT_NAME = "release-name"
DEFAULT_NAMESPACE = "default"
TEST_EVENT = "test"


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """One rendering of a chart, as ``helm template`` without a cluster.

    ``values`` are on top of the chart's own; in them an ``int`` is one that came from ``--set``, and
    a ``float`` any number from YAML or JSON (see ``values.as_json``). Without ``kube_version`` it is
    Helm's own idea of a current cluster; ``api_versions`` come on top of the built-in ones.
    """

    chart: Chart
    values: Mapping[str, Any] = field(default_factory=dict)
    release_name: str = DEFAULT_NAME
    namespace: str = DEFAULT_NAMESPACE
    is_upgrade: bool = False
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    validate_schema: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """One document of the output. ``source`` is the path that Helm prints of its template.

    ``object`` is None where the text holds nothing but comments.
    """

    source: str
    text: str
    object: Manifest | None

    @property
    def kind(self) -> str:
        return as_text((self.object or {}).get("kind"))


@dataclass(frozen=True, slots=True)
class Hook:
    """A piece that Helm runs at certain events instead of keeping it installed."""

    piece: Piece
    name: str
    events: tuple[str, ...]
    weight: int = 0
    delete_policies: tuple[str, ...] = ()
    output_log_policies: tuple[str, ...] = ()

    @property
    def is_test(self) -> bool:
        return TEST_EVENT in self.events


@dataclass(frozen=True, slots=True)
class ChartRendering:
    """What a chart renders to, all in the order in which Helm prints it.

    ``crds`` are the files of ``crds/``, of the chart and of those of its subcharts that are enabled;
    one may hold several documents. ``notes`` is None where the renderer cannot tell.
    """

    manifests: tuple[Piece, ...] = ()
    hooks: tuple[Hook, ...] = ()
    crds: tuple[Piece, ...] = ()
    notes: str | None = None


class ChartRenderer(Protocol):
    """Runs templates of charts, within limits on time and memory.

    Raises RenderError (with Helm's words) for a chart that Helm refuses, SandboxError for one that
    hits a limit, MissingExtra where Helm itself is not there.
    """

    def render(self, request: ChartRequest) -> ChartRendering: ...
