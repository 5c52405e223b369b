"""The names that ``kustomize build --output FOLDER`` gives the file of each object."""

from __future__ import annotations

from collections.abc import Sequence

from trueup.objects import Manifest
from trueup.objects.manifest import metadata
from trueup.render.kustomize.identity import NOT_A_NAMESPACE, Gvk, ResId


def file_names(manifests: Sequence[Manifest]) -> list[str]:
    """A name for each of ``manifests``; namespaces are in them only where there are several."""
    ids = [_id(manifest) for manifest in manifests]
    several = len({found.effective_namespace for found in ids} - {NOT_A_NAMESPACE}) > 1
    return [_name(found, several) for found in ids]


def _id(manifest: Manifest) -> ResId:
    gvk = Gvk.of(str(manifest.get("apiVersion") or ""), str(manifest.get("kind") or ""))
    meta = metadata(manifest)
    name, namespace = str(meta.get("name") or ""), str(meta.get("namespace") or "")
    return ResId(gvk, name, namespace, gvk.is_cluster_scoped)


def _name(found: ResId, several: bool) -> str:
    kind = "_".join(part for part in found.gvk if part)
    prefix = "" if not several or found.is_cluster_scoped else f"{found.effective_namespace}_"
    return f"{prefix}{kind}_{found.name}.yaml".lower()
