"""Rule ``flux-build``: what a Flux Kustomization builds, in whole or up to its kustomization file."""

from __future__ import annotations

from typing import Any

from trueup.cli.verbs.eval.fields import boolean, mapping, objects, string_map, text
from trueup.dialects.flux.build import BuildOptions, flux_build, to_text
from trueup.dialects.flux.generate import generate
from trueup.dialects.flux.manifests import BUILD_OPTIONS
from trueup.dialects.flux.postbuild import cluster_lookup
from trueup.errors import InputError
from trueup.render.kustomize import build, to_yaml
from trueup.tree import MemoryTree


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{mode, files, path, kustomization, ignore, …}`` -> ``{yaml}``.

    ``mode`` is ``generate`` or ``flux-build``; the latter also takes ``recursive``,
    ``localSources``, ``dryRun`` and ``strict``.
    """
    if not text(case, "path"):
        raise InputError("path is empty", next_step='use "." for the root')
    match case.get("mode"):
        case "generate":
            return {"yaml": _generate(case)}
        case "flux-build":
            return {"yaml": _flux_build(case)}
        case other:
            raise InputError(f"no mode {other!r}", next_step="use generate or flux-build")


def _generate(case: dict[str, Any]) -> str:
    tree = MemoryTree(string_map(case, "files"))
    path = text(case, "path").lstrip("/") or "."
    if case.get("kustomization") is None:
        return to_yaml(build(tree, path, BUILD_OPTIONS))
    spec = mapping(mapping(case, "kustomization"), "spec")
    ignore = None if case.get("ignore") is None else text(case, "ignore")
    return to_yaml(build(generate(tree, path, spec, ignore=ignore), path, BUILD_OPTIONS))


def _flux_build(case: dict[str, Any]) -> str:
    if case.get("kustomization") is None:
        raise InputError("a Kustomization is needed", next_step="give one as kustomization")
    has_cluster = not boolean(case, "dryRun", default=True)
    options = BuildOptions(
        ignore=text(case, "ignore"),
        strict=boolean(case, "strict"),
        recursive=boolean(case, "recursive"),
        local_sources=string_map(case, "localSources"),
        lookup=cluster_lookup(objects(case, "objects")) if has_cluster else None,
    )
    tree = MemoryTree(string_map(case, "files"))
    return to_text(flux_build(tree, text(case, "path"), mapping(case, "kustomization"), options))
