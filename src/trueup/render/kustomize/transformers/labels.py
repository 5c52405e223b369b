"""``labels``, ``commonLabels`` and ``commonAnnotations``: entries set in mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trueup.errors import RenderError
from trueup.render.kustomize.configuration import Configuration
from trueup.render.kustomize.fieldspecs import FieldSpec, merge_specs, set_fields
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.kustomization import Label
from trueup.render.kustomize.nodes import Node, is_null, new_key, restyled, string
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import Resource
from trueup.render.kustomize.ties import Tie, follow_all

METADATA_LABELS = FieldSpec(Gvk(), "metadata/labels", create=True)


def set_entries(resources: ResMap, entries: Mapping[str, str], specs: Iterable[FieldSpec]) -> None:
    """Sets each of ``entries`` in the mappings that ``specs`` lead to."""
    if not entries:
        return
    specs = tuple(specs)
    for resource in resources:
        _set_in(resource, entries, specs)


def _set_in(resource: Resource, entries: Mapping[str, str], specs: Iterable[FieldSpec]) -> None:
    added: dict[str, list[dict[str, Node]]] = {key: [] for key in entries}

    def setter(node: Node) -> Node:
        if is_null(node):
            return node
        if not isinstance(node, dict):
            raise RenderError("expected a mapping of strings")
        for key, value in entries.items():
            if key not in node:
                added[new_key(key)].append(node)
            node[key] = restyled(node[key], value) if key in node else string(value)
        return node

    set_fields(resource, specs, setter, dict)
    follow_all(resource.ties)
    resource.ties += [
        Tie(key, entries[key], mappings) for key, mappings in added.items() if len(mappings) > 1
    ]


def label_specs(label: Label, configuration: Configuration) -> tuple[FieldSpec, ...]:
    """Where one entry of ``labels`` goes."""
    own = (
        FieldSpec(Gvk(spec.group, spec.version, spec.kind), spec.path, spec.create)
        for spec in label.field_specs
    )
    specs = merge_specs(tuple(own), configuration.labels)
    if label.include_selectors:
        return merge_specs(specs, configuration.common_labels)
    if label.include_templates:
        specs = merge_specs(specs, configuration.template_labels)
    return merge_specs(specs, [METADATA_LABELS])
