"""``namePrefix``, ``nameSuffix``, and the content hash that generated objects get at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trueup.errors import RenderError
from trueup.render.kustomize.fieldspecs import FieldSpec, set_field
from trueup.render.kustomize.hashing import content_hash
from trueup.render.kustomize.identity import Gvk, ResId
from trueup.render.kustomize.nodes import Node, is_null, is_scalar, retyped, text_of
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import NEEDS_HASH, PREFIXES, SUFFIXES

_KEPT = (
    Gvk(kind="CustomResourceDefinition"),
    Gvk("apiregistration.k8s.io", "", "APIService"),
    Gvk(kind="Namespace"),
)
"""Kinds whose names mean something outside the build."""


def add_prefix(resources: ResMap, prefix: str, specs: Iterable[FieldSpec]) -> None:
    _rename(resources, specs, PREFIXES, prefix, lambda name: prefix + name)


def add_suffix(resources: ResMap, suffix: str, specs: Iterable[FieldSpec]) -> None:
    _rename(resources, specs, SUFFIXES, suffix, lambda name: name + suffix)


def add_hashes(resources: ResMap) -> None:
    """Appends the hash of its content to the name of each resource that is due for one."""
    for resource in resources:
        if resource.is_enabled(NEEDS_HASH):
            digest = content_hash(resource)
            resource.remember_id()
            resource.set_name(f"{resource.name}-{digest}")


def _rename(
    resources: ResMap,
    specs: Iterable[FieldSpec],
    note: str,
    affix: str,
    change: Callable[[str], str],
) -> None:
    specs = tuple(specs)

    def setter(node: Node) -> Node:
        if not (is_null(node) or is_scalar(node)):
            raise RenderError("a name is a collection", next_step="correct the field spec")
        return retyped(node, change(text_of(node)))

    for resource in resources:
        original = resource.original_id
        if _is_kept(original):
            continue
        for spec in specs:
            if not original.gvk.is_selected_by(spec.gvk):
                continue
            if spec.path == "metadata/name" and affix:
                resource.append_note(note, affix)
                resource.remember_id()
            if resource.gvk.is_selected_by(spec.gvk):
                set_field(resource, spec, setter, str)


def _is_kept(original: ResId) -> bool:
    return any(original.gvk.is_selected_by(kept) for kept in _KEPT)
