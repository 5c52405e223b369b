"""Which files a Flux Kustomization is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from trueup.dialects.flux.generate import generate
from trueup.errors import InputError
from trueup.render.kustomize import Options, build
from trueup.tree import RecordingTree, Tree, clean_path


def concern(resource: Mapping[str, Any], *trees: Tree) -> Callable[[str], bool]:
    """Whether a path is below the Kustomization's own, or a file that it reads in one of ``trees``.

    A tree that does not build counts with what was read until then.
    """
    spec = resource["spec"]
    folder = "".join(f"{part}/" for part in clean_path(spec.get("path") or "."))
    files = set[str]().union(*(_files_read(tree, spec) for tree in trees))
    return lambda path: path.startswith(folder) or path in files


def _files_read(tree: Tree, spec: Mapping[str, Any]) -> set[str]:
    recorder = RecordingTree(tree)
    path = spec.get("path") or "."
    with suppress(InputError):  # it may be taken back because it does not build
        build(generate(recorder, path, spec), path, Options(load_restrictor="none"))
    return {path for how, path in recorder.reads if how == "content"}
