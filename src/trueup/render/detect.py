"""Which tool a folder is written for, by what lies in it."""

from __future__ import annotations

from typing import Literal

from trueup.render.helm.chart import CHART_FILE
from trueup.render.kustomize.kustomization import FILE_NAMES
from trueup.tree import Tree

Renderer = Literal["kustomize", "helm", "directory", "jsonnet"]


def detect(tree: Tree, path: str) -> Renderer:
    """What renders the folder ``path``, as Argo CD decides it, or the file, by its name.

    A chart file means Helm, a kustomization file Kustomize, and anything else is a directory of
    manifests. Where both files are, the one that is later in the order of names counts. Raises
    TreeError if nothing is there.
    """
    if tree.is_file(path):
        return "jsonnet" if path.endswith(".jsonnet") else "directory"
    found: Renderer = "directory"
    for entry in tree.entries(path):
        if entry.kind == "dir":
            continue
        if entry.name.endswith(CHART_FILE):
            found = "helm"
        elif entry.name in FILE_NAMES:
            found = "kustomize"
    return found
