"""The objects that a Flux Kustomization renders from a tree, before anything marks them.

Generate the kustomization file, build, fill in variables: kustomize-controller's way, in its order.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from trueup.dialects.flux.decryption import Decryptor
from trueup.dialects.flux.generate import generate
from trueup.dialects.flux.postbuild import (
    cluster_lookup,
    load_variables,
    post_build,
    substitute,
)
from trueup.objects import Manifest
from trueup.render.kustomize import Options, build
from trueup.tree import Tree

BUILD_OPTIONS = Options(load_restrictor="none", extends_schema=True)
"""How Flux runs kustomize: the tree is the bound, not the folder of each kustomization."""


def render_objects(
    tree: Tree,
    resource: Manifest,
    inputs: Sequence[Manifest],
    decryptor: Decryptor | None = None,
    *,
    strict: bool = True,
) -> list[Manifest]:
    """What ``resource`` wants from ``tree``; ``inputs`` are the ConfigMaps and Secrets it reads.

    Without ``decryptor`` what is encrypted stays so.
    Raises InputError, by its subclasses, with the file or object that is wrong as the subject.
    """
    spec = resource["spec"]
    path = within_source(spec.get("path") or "")
    generated = generate(tree, path, spec)
    source = decryptor.sources(generated, path) if decryptor else generated
    built = build(source, path, BUILD_OPTIONS)
    objects = flattened(decryptor.objects(built) if decryptor else built)
    post = post_build(resource)
    if post is None:
        return objects
    namespace = resource["metadata"].get("namespace") or ""
    variables = load_variables(post, namespace, cluster_lookup(inputs))
    return substitute(objects, variables, strict=strict, always=post.always)


def within_source(path: str) -> str:
    """``path`` as kustomize-controller joins it to the source: its root is the top."""
    return posixpath.normpath(f"/{path}").lstrip("/") or "."


def flattened(objects: Sequence[Manifest]) -> list[Manifest]:
    """``objects`` with the items of lists in the place of the lists."""
    found: list[Manifest] = []
    for obj in objects:
        items = obj.get("items")
        found += items if isinstance(items, list) else [obj]
    return found
