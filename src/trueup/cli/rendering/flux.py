"""Folders as a Flux Kustomization without further fields renders them."""

from __future__ import annotations

from trueup.cli.rendering.options import together
from trueup.cli.rendering.place import Place
from trueup.cli.rendering.rendered import Flags, Rendered
from trueup.dialects.flux.generate import generate
from trueup.dialects.flux.manifests import BUILD_OPTIONS, flattened
from trueup.render.kustomize import build, to_yaml

options = together()


def render(place: Place, _flags: Flags) -> Rendered:
    """The kustomization of the folder, or one that lists every manifest below it."""
    tree = generate(place.tree, place.path, {})
    objects = flattened(build(tree, place.path, BUILD_OPTIONS))
    return Rendered(objects, to_yaml(objects))
