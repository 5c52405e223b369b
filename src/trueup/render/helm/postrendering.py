"""Post-rendering: a kustomization over what a chart renders to, hooks and all, as Helm 4 does it.

Each object is marked with the template that it comes from, so that what comes back can be put in
order again; what a kustomization adds gets a source of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trueup.errors import RenderError
from trueup.objects import Manifest, yaml
from trueup.render.helm.arranging import arrange
from trueup.render.helm.request import ChartRendering
from trueup.render.kustomize import Options, build, to_yaml
from trueup.render.kustomize.kustomization import FILE_NAMES
from trueup.tree import MemoryTree, OverlayTree, Tree

SOURCE = "postrenderer.helm.sh/postrender-filename"
_RENDERED = "helm-output.yaml"
_ADDED = "generated-by-postrender.yaml"
_NOTHING = MemoryTree({})


def post_rendered_in(rendering: ChartRendering, tree: Tree, folder: str) -> ChartRendering:
    """``rendering`` after the kustomization in ``folder``; RenderError if there is not just one."""
    paths = [f"{folder}/{name}".lstrip("/") for name in FILE_NAMES]
    found = [path for path in paths if tree.is_file(path)]
    kustomization = yaml.load(tree.read(found[0]), found[0]) if len(found) == 1 else None
    if not isinstance(kustomization, dict):
        raise RenderError(
            f"has not one of {', '.join(FILE_NAMES)} with a kustomization",
            subject=folder or ".",
            next_step="name the folder of one",
        )
    return post_rendered(rendering, kustomization, tree, folder)


def post_rendered(
    rendering: ChartRendering,
    kustomization: Mapping[str, Any],
    tree: Tree = _NOTHING,
    folder: str = "",
) -> ChartRendering:
    """``rendering`` after ``kustomization``, such as ``{"patches": [...], "images": [...]}``.

    Its ``resources`` come on top of the chart's objects. Files that it names are those below
    ``folder`` of ``tree``. CRDs of ``crds/`` and notes stay as they are. Raises RenderError as
    Kustomize does.
    """
    whole = {**kustomization, "resources": [_RENDERED, *(kustomization.get("resources") or ())]}
    files = {FILE_NAMES[0]: yaml.dump(whole), _RENDERED: yaml.dump_all(_marked(rendering))}
    over = OverlayTree(
        tree,
        {f"{folder}/{name}".lstrip("/"): text for name, text in files.items()},
        without=[f"{folder}/{name}".lstrip("/") for name in FILE_NAMES],
    )
    by_source: dict[str, list[str]] = {}
    for obj in build(over, folder, Options()):
        by_source.setdefault(_unmarked(obj), []).append(to_yaml([obj]))
    texts = {source: "---\n".join(them) for source, them in by_source.items()}
    arranged = arrange(texts, "")
    return ChartRendering(arranged.manifests, arranged.hooks, rendering.crds, rendering.notes)


def _marked(rendering: ChartRendering) -> Iterator[Manifest]:
    """The objects, by the path of their templates, each with that path."""
    pieces = [*rendering.manifests, *(hook.piece for hook in rendering.hooks)]
    for piece in sorted(pieces, key=lambda piece: piece.source):
        if piece.object is not None:
            metadata = piece.object.get("metadata") or {}
            annotations = {**(metadata.get("annotations") or {}), SOURCE: piece.source}
            yield {**piece.object, "metadata": {**metadata, "annotations": annotations}}


def _unmarked(obj: Manifest) -> str:
    """The path that ``obj`` is marked with, which is taken off it."""
    metadata = obj.get("metadata") or {}
    annotations = metadata.get("annotations") or {}
    source: str = annotations.pop(SOURCE, _ADDED)
    if not annotations:
        metadata.pop("annotations", None)
    return source
