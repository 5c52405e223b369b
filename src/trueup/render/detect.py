"""Which tool a folder is written for, by what lies in it."""

from __future__ import annotations

from typing import Literal

from trueup.render.kustomize.kustomization import FILE_NAMES
from trueup.tree import Tree

Renderer = Literal["kustomize", "helm", "directory"]

CHART_FILE = "Chart.yaml"


def detect(tree: Tree, path: str) -> Renderer:
    """What renders the folder ``path``, as Argo CD decides it; TreeError if it is none.

    A chart file means Helm, a kustomization file Kustomize, and anything else is a directory of
    manifests. Where both files are, the one that is later in the order of names counts.
    """
    found: Renderer = "directory"
    for entry in tree.entries(path):
        if entry.kind == "dir":
            continue
        if entry.name.endswith(CHART_FILE):
            found = "helm"
        elif entry.name in FILE_NAMES:
            found = "kustomize"
    return found
