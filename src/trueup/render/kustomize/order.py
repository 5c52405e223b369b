"""``sortOptions``: the order of the output."""

from __future__ import annotations

from typing import Any

from trueup.errors import RenderError
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.kustomization import LegacySortOptions, SortOptions
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import Resource

_FIRST = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
]
_LAST = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]
LEGACY = SortOptions(order="legacy")


def _ranks(first: list[str], last: list[str]) -> dict[str, int]:
    """Kind -> where it comes: below 0 those of ``first``, above 0 those of ``last``."""
    ranks = {kind: index - len(first) for index, kind in enumerate(first)}
    return ranks | {kind: index + 1 for index, kind in enumerate(last)}


_RANKS = _ranks(_FIRST, _LAST)


def gvk_order(gvk: Gvk) -> tuple[int, str]:
    """The key by which kustomize sorts what is said of kinds."""
    return _RANKS.get(gvk.kind, 0), _gvk_text(gvk)


def sort_resources(resources: ResMap, options: SortOptions) -> None:
    """Sorts ``resources`` by kind, namespace and name, or leaves them in their order."""
    if options.order not in ("fifo", "legacy"):
        raise RenderError(f"sortOptions.order is {options.order!r}", next_step="use fifo or legacy")
    if options.order == "fifo":
        if options.legacy_sort_options is not None:
            raise RenderError(
                "sortOptions.legacySortOptions needs order: legacy", next_step="remove one of both"
            )
        return
    kinds = options.legacy_sort_options or LegacySortOptions(_FIRST, _LAST)
    ranks = _ranks(kinds.order_first, kinds.order_last)
    resources.resources.sort(key=lambda resource: _sort_key(resource, ranks))


def _sort_key(resource: Resource, ranks: dict[str, int]) -> tuple[Any, ...]:
    known = resource.id
    name = f"{known.gvk}|{known.namespace or '~X'}|{known.name or '~N'}"
    group = known.gvk.group
    core_first = known.gvk.kind == "Namespace" and group != ""
    return ranks.get(known.gvk.kind, 0), core_first, _gvk_text(known.gvk), name


def _gvk_text(gvk: Gvk) -> str:
    return "_".join((gvk.group or "~G", gvk.version or "~V", gvk.kind or "~K"))
