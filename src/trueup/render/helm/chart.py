"""A chart as Helm loads it: its files, and what its Chart.yaml says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trueup.errors import RenderError, YamlError
from trueup.render.helm.gotext import as_text
from trueup.render.helm.reading import first_document
from trueup.tree.archive import chart_from_archive

CHART_FILE = "Chart.yaml"
SCHEMA_FILE = "values.schema.json"


@dataclass(frozen=True, slots=True)
class Chart:
    """The files by path, below the chart's folder, in the order in which Helm walks them.

    Packed subcharts are files of ``charts/`` like any other. ``dependencies`` are the names that
    Chart.yaml lists, or, of old, requirements.yaml.
    """

    files: tuple[tuple[str, bytes], ...]
    name: str
    version: str
    kind: str = "application"
    kube_version: str = ""
    dependencies: tuple[str, ...] = ()


def chart_from_files(files: tuple[tuple[str, bytes], ...], subject: str) -> Chart:
    """The chart of ``files``; ``subject`` names it in errors.

    Raises RenderError where there is no Chart.yaml. What else is wrong in it, Helm says itself.
    """
    found = dict(files)
    if CHART_FILE not in found:
        raise RenderError(
            "Chart.yaml file is missing", subject=subject, next_step="name the folder of a chart"
        )
    said = _mapping(found[CHART_FILE], f"{subject}/{CHART_FILE}")
    if (said.get("apiVersion") or "v1") not in ("v1", "v2"):
        raise RenderError(
            "invalid chart apiVersion", subject=subject, next_step="make it a chart of v2"
        )
    if "requirements.yaml" in found:  # read into the same place, also for charts of v2
        said |= _mapping(found["requirements.yaml"], f"{subject}/requirements.yaml")
    return Chart(
        files,
        name=_text(said, "name"),
        version=_text(said, "version"),
        kind=_text(said, "type") or "application",
        kube_version=_text(said, "kubeVersion"),
        dependencies=tuple(_dependencies(said.get("dependencies"))),
    )


def check_installable(chart: Chart) -> None:
    """RenderError, in Helm's words, for a library chart and where dependencies are missing."""
    if chart.kind == "library":
        raise RenderError(
            "library charts are not installable",
            subject=chart.name,
            next_step="render the chart that uses it",
        )
    missing = _missing_dependencies(chart)
    if missing:
        raise RenderError(
            f"found in Chart.yaml, but missing in charts/ directory: {', '.join(missing)}",
            subject=chart.name,
            next_step="run helm dependency build, and keep what it puts into charts/",
        )


def _missing_dependencies(chart: Chart) -> list[str]:
    """The dependencies that ``charts/`` does not have, in their order."""
    if not chart.dependencies:
        return []
    there = set(_subcharts(chart))
    return [name for name in chart.dependencies if name not in there]


def _subcharts(chart: Chart) -> Iterator[str]:
    """The name of each chart in ``charts/``, unpacked or packed."""
    for path, content in chart.files:
        parts = path.split("/")
        if parts[0] != "charts" or len(parts) < 2 or parts[1][:1] in ("_", "."):
            continue
        if len(parts) == 2 and path.endswith(".tgz"):
            content = chart_from_archive(content, source=path).read(CHART_FILE)
        elif parts[2:] != [CHART_FILE]:
            continue
        yield _text(_mapping(content, path), "name")


def _dependencies(listed: Any) -> Iterator[str]:
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            yield _text(each, "name")


def _mapping(content: bytes, subject: str) -> dict[str, Any]:
    said = first_document(content, subject)
    if not isinstance(said, dict):
        raise YamlError("is no map", subject=subject)
    return said


def _text(said: dict[str, Any], key: str) -> str:
    """Scalars of other types count as text: ``kubeVersion: 1.30`` is "1.3"."""
    value = said.get(key)
    return "" if isinstance(value, dict | list) else as_text(value)
