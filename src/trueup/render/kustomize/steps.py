"""The transformers of one kustomization, in kustomize's order, as steps to be carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from trueup.render.kustomize.configuration import Configuration
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.kustomization import Kustomization, Replacement
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.patch.merge_keys import MergeType
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.transformers.images import set_image
from trueup.render.kustomize.transformers.labels import label_specs, set_entries
from trueup.render.kustomize.transformers.names import add_prefix, add_suffix
from trueup.render.kustomize.transformers.namespace import set_namespace
from trueup.render.kustomize.transformers.patches import apply_json6902, apply_merges, apply_patch
from trueup.render.kustomize.transformers.replacements import apply_replacement, load_replacements
from trueup.render.kustomize.transformers.replicas import set_replicas

Change = Callable[[ResMap], None]


class Step(NamedTuple):
    """One change; ``kind`` is the name of its transformer among the built-in plugins."""

    kind: str
    change: Change


class Setting(NamedTuple):
    """What all steps of a kustomization share."""

    loader: Loader
    kinds: Mapping[Gvk, MergeType]
    configuration: Configuration


def steps(fields: Kustomization, setting: Setting) -> Iterator[Step]:
    """What the fields of a kustomization ask for, first what is done first."""
    yield from _patches(fields, setting)
    yield from _names(fields, setting.configuration)
    yield from _entries(fields, setting.configuration)
    loader = setting.loader
    for patch in fields.patches_json6902:
        yield Step("PatchJson6902Transformer", partial(apply_json6902, patch=patch, loader=loader))
    yield from _values(fields, setting.configuration)
    if fields.replacements:
        change = partial(replace_all, entries=fields.replacements, loader=loader)
        yield Step("ReplacementTransformer", change)


def _patches(fields: Kustomization, setting: Setting) -> Iterator[Step]:
    loader, kinds = setting.loader, setting.kinds
    if entries := fields.patches_strategic_merge:
        change = partial(apply_merges, entries=entries, loader=loader, kinds=kinds)
        yield Step("PatchStrategicMergeTransformer", change)
    for patch in fields.patches:
        change = partial(apply_patch, patch=patch, loader=loader, kinds=kinds)
        yield Step("PatchTransformer", change)


def _names(fields: Kustomization, known: Configuration) -> Iterator[Step]:
    if name := fields.namespace:
        change = partial(set_namespace, namespace=name, specs=known.namespace)
        yield Step("NamespaceTransformer", change)
    if prefix := fields.name_prefix:
        yield Step("PrefixTransformer", partial(add_prefix, prefix=prefix, specs=known.name_prefix))
    if suffix := fields.name_suffix:
        yield Step("SuffixTransformer", partial(add_suffix, suffix=suffix, specs=known.name_suffix))


def _entries(fields: Kustomization, known: Configuration) -> Iterator[Step]:
    for label in fields.labels:
        specs = label_specs(label, known)
        yield Step("LabelTransformer", partial(set_entries, entries=label.pairs, specs=specs))
    common = fields.common_labels or {}
    if common or fields.labels:
        change = partial(set_entries, entries=common, specs=known.common_labels)
        yield Step("LabelTransformer", change)
    if annotations := fields.common_annotations:
        change = partial(set_entries, entries=annotations, specs=known.common_annotations)
        yield Step("AnnotationsTransformer", change)


def _values(fields: Kustomization, known: Configuration) -> Iterator[Step]:
    for replica in fields.replicas:
        change = partial(set_replicas, replica=replica, specs=known.replicas)
        yield Step("ReplicaCountTransformer", change)
    for image in fields.images:
        yield Step("ImageTagTransformer", partial(set_image, image=image, specs=known.images))


def replace_all(resources: ResMap, entries: list[Replacement], loader: Loader) -> None:
    """Carries out all ``replacements`` of one kustomization or plugin."""
    for replacement in load_replacements(entries, loader):
        apply_replacement(resources, replacement)
