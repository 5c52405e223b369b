"""Which files a Flux Kustomization is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from trueup.dialects.flux.generate import generate
from trueup.dialects.flux.manifests import BUILD_OPTIONS, within_source
from trueup.errors import InputError
from trueup.render.kustomize import build
from trueup.tree import RecordingTree, Tree


def concern(resource: Mapping[str, Any], *trees: Tree) -> Callable[[str], bool]:
    """Whether a path is below the Kustomization's own, or a file that it reads in one of ``trees``.

    A tree that does not build counts with what was read until then.
    """
    spec = resource["spec"]
    path = within_source(spec.get("path") or "")
    folder = "" if path == "." else f"{path}/"
    files = set[str]().union(*(_files_read(tree, path, spec) for tree in trees))
    return lambda file: file.startswith(folder) or file in files


def _files_read(tree: Tree, path: str, spec: Mapping[str, Any]) -> set[str]:
    recorder = RecordingTree(tree)
    with suppress(InputError):  # it may be taken back because it does not build
        build(generate(recorder, path, spec), path, BUILD_OPTIONS)
    return {file for how, file in recorder.reads if how == "content"}
