"""Rule ``varsub``: a build, and then the variables of a Flux Kustomization."""

from __future__ import annotations

from typing import Any

from trueup.cli.verbs.eval.fields import boolean, mapping, objects, string_map, text
from trueup.dialects.flux.manifests import BUILD_OPTIONS
from trueup.dialects.flux.postbuild import (
    PostBuild,
    cluster_lookup,
    is_substituted,
    load_variables,
    post_build,
    substitute,
)
from trueup.objects import yaml
from trueup.render.kustomize import build
from trueup.tree import MemoryTree


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{files, path, kustomization, objects, vars, strict, always}`` -> ``{yaml}``.

    ``objects`` is the cluster that ``substituteFrom`` reads; ``vars``, the merged variables, stand
    in for it where a case has no ``objects`` or its Kustomization no ``postBuild``.
    """
    rendered = build(MemoryTree(string_map(case, "files")), text(case, "path"), BUILD_OPTIONS)
    post = post_build(mapping(case, "kustomization"))
    variables: dict[str, str] = {}
    if any(map(is_substituted, rendered)):
        variables = _variables(case, post)
    always = boolean(case, "always", default=post is not None and post.always)
    filled = substitute(rendered, variables, strict=boolean(case, "strict"), always=always)
    return {"yaml": yaml.dump_all(filled, sort_keys=True)}


def _variables(case: dict[str, Any], post: PostBuild | None) -> dict[str, str]:
    if case.get("vars") is not None and (post is None or case.get("objects") is None):
        return string_map(case, "vars")
    metadata = mapping(mapping(case, "kustomization"), "metadata")
    lookup = cluster_lookup(objects(case, "objects"))
    return load_variables(post or PostBuild(), text(metadata, "namespace"), lookup)
