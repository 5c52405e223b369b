"""Post-rendering: a kustomization over what a chart renders to, hooks and all, as Helm 4 does it.

Each object is marked with the template that it comes from, so that what comes back can be put in
order again; what a kustomization adds gets a source of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trueup.objects import Manifest, yaml
from trueup.render.helm.arranging import arrange
from trueup.render.helm.request import ChartRendering
from trueup.render.kustomize import Options, build, to_yaml
from trueup.tree import MemoryTree, OverlayTree, Tree

SOURCE = "postrenderer.helm.sh/postrender-filename"
_RENDERED = "helm-output.yaml"
_ADDED = "generated-by-postrender.yaml"
_NOTHING = MemoryTree({})


def post_rendered(
    rendering: ChartRendering, kustomization: Mapping[str, Any], tree: Tree = _NOTHING
) -> ChartRendering:
    """``rendering`` after ``kustomization``, such as ``{"patches": [...], "images": [...]}``.

    Its ``resources`` come on top of the chart's objects. Files that it names are those of ``tree``.
    CRDs of ``crds/`` and notes stay as they are. Raises RenderError as Kustomize does.
    """
    whole = {**kustomization, "resources": [_RENDERED, *kustomization.get("resources", ())]}
    files = {"kustomization.yaml": yaml.dump(whole), _RENDERED: yaml.dump_all(_marked(rendering))}
    by_source: dict[str, list[str]] = {}
    for obj in build(OverlayTree(tree, files), "", Options()):
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
