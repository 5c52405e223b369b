"""A chart rendered by Helm's library in a worker of ours, beside the helm binary."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from bench.render.rivals import Taken, program
from trueup.render.helm import ChartRequest, Selection, chart_from_tree, to_text
from trueup.sandbox.helm import LibraryRenderer, helm_pool
from trueup.tree import FolderTree

_OBJECTS = 40
_TEMPLATE = """\
{{- range $number := until (int .Values.objects) }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.name" $ }}-{{ $number }}
  labels: {{- toYaml $.Values.labels | nindent 4 }}
spec:
  replicas: {{ $.Values.replicas }}
  template:
    spec:
      containers:
        - name: main
          image: "{{ $.Values.image.repository }}:{{ $.Values.image.tag | default $.Chart.AppVersion }}"
          env: {{- tpl (toYaml $.Values.env) $ | nindent 12 }}
{{- end }}
"""
_FILES = {
    "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: 2.0.0\n",
    "values.yaml": (
        f"objects: {_OBJECTS}\nreplicas: 2\nlabels: {{team: shop, tier: web}}\n"
        "image: {repository: registry.example.com/shop, tag: ''}\n"
        "env: [{name: RELEASE, value: '{{ .Release.Name }}'}]\n"
    ),
    "templates/_names.tpl": '{{- define "shop.name" }}{{ .Release.Name }}-shop{{ end }}',
    "templates/all.yaml": _TEMPLATE,
}


def compare_charts(root: Path, by_trueup: int, by_binary: int) -> str:
    """A line that says how long each takes by the clock; SystemExit where they print other bytes.

    Of the clock, as what a worker takes of the processor is not known before it ends.
    """
    folder = root / "chart"
    for name, text in _FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    mine, theirs = _by_worker(folder, by_trueup), _by_helm(folder, by_binary)
    if mine.bytes * theirs.builds != theirs.bytes * mine.builds:
        raise SystemExit("the chart: the bytes are not helm's")
    return (
        f"a chart of {_OBJECTS} objects, by the clock: Trueup {mine.wall_ms:.1f} ms, "
        f"helm's binary {theirs.wall_ms:.1f} ms, {theirs.wall_ms / mine.wall_ms:.1f}x"
    )


def _by_worker(folder: Path, builds: int) -> Taken:
    """Each from the files on disk to the text, after a first one that starts the worker."""
    with helm_pool() as pool:
        renderer = LibraryRenderer(pool)
        _rendered(renderer, folder)
        began = time.perf_counter()
        size = sum(_rendered(renderer, folder) for _ in range(builds))
        return Taken(builds, size, time.perf_counter() - began, 0)


def _rendered(renderer: LibraryRenderer, folder: Path) -> int:
    chart = chart_from_tree(FolderTree(folder), "")
    return len(to_text(renderer.render(ChartRequest(chart)), Selection()).encode())


def _by_helm(folder: Path, builds: int) -> Taken:
    helm = program("helm")
    began, size = time.perf_counter(), 0
    for _ in range(builds):
        size += len(
            subprocess.run([helm, "template", folder], capture_output=True, check=True).stdout
        )
    return Taken(builds, size, time.perf_counter() - began, 0)
