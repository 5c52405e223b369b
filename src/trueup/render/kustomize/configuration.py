"""What the transformers of one kustomization know of fields: defaults, and ``configurations``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from trueup.render.kustomize import defaults
from trueup.render.kustomize.decoding import decode, read_config
from trueup.render.kustomize.default_references import NAME_REFERENCES
from trueup.render.kustomize.fieldspecs import FieldSpec, merge_specs
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.kustomization import FieldSpecArgs
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.order import gvk_order

Specs = tuple[FieldSpec, ...]


@dataclass(frozen=True)
class Configuration:
    """Which fields the transformers are about."""

    name_prefix: Specs = ()
    name_suffix: Specs = ()
    namespace: Specs = ()
    common_labels: Specs = ()
    labels: Specs = ()
    template_labels: Specs = ()
    common_annotations: Specs = ()
    name_reference: Mapping[Gvk, Specs] = field(default_factory=dict)
    var_reference: Specs = ()
    images: Specs = ()
    replicas: Specs = ()

    def merged(self, other: Configuration) -> Configuration:
        """Both together; RenderError where they contradict each other.

        What is said of one kind is sorted before what is said of all, which then says nothing new:
        so a spec for one kind that has the path of one for all takes its place, as in kustomize.
        """
        if other is self or not any(vars(other).values()):
            return self
        if other is DEFAULT and not any(vars(self).values()):
            return other
        found = {
            spec.name: _sorted(merge_specs(getattr(self, spec.name), getattr(other, spec.name)))
            for spec in fields(self)
            if spec.name != "name_reference"
        }
        references = dict(self.name_reference)
        for target, referrers in other.name_reference.items():
            known = references.get(target)
            references[target] = referrers if known is None else merge_specs(known, referrers)
        in_order = {target: references[target] for target in sorted(references, key=gvk_order)}
        return Configuration(name_reference=in_order, **found)


def _sorted(specs: Specs) -> Specs:
    return tuple(sorted(specs, key=lambda spec: gvk_order(spec.gvk)))


DEFAULT = Configuration(
    name_prefix=defaults.NAME_PREFIX,
    name_suffix=defaults.NAME_SUFFIX,
    namespace=defaults.NAMESPACE,
    common_labels=defaults.COMMON_LABELS,
    template_labels=defaults.TEMPLATE_LABELS,
    common_annotations=defaults.COMMON_ANNOTATIONS,
    name_reference=NAME_REFERENCES,
    var_reference=defaults.VARIABLES,
    images=defaults.IMAGES,
    replicas=defaults.REPLICAS,
)


@dataclass
class NameReferenceArgs:
    """A kind, and the fields that hold names of it."""

    group: str = ""
    version: str = ""
    kind: str = ""
    field_specs: list[FieldSpecArgs] = field(default_factory=list)


@dataclass
class ConfigurationArgs:
    """A file that ``configurations`` names."""

    name_prefix: list[FieldSpecArgs] = field(default_factory=list)
    name_suffix: list[FieldSpecArgs] = field(default_factory=list)
    namespace: list[FieldSpecArgs] = field(default_factory=list)
    common_labels: list[FieldSpecArgs] = field(default_factory=list)
    labels: list[FieldSpecArgs] = field(default_factory=list)
    template_labels: list[FieldSpecArgs] = field(default_factory=list)
    common_annotations: list[FieldSpecArgs] = field(default_factory=list)
    name_reference: list[NameReferenceArgs] = field(default_factory=list)
    var_reference: list[FieldSpecArgs] = field(default_factory=list)
    images: list[FieldSpecArgs] = field(default_factory=list)
    replicas: list[FieldSpecArgs] = field(default_factory=list)


def field_specs(args: list[FieldSpecArgs]) -> Specs:
    return tuple(
        FieldSpec(Gvk(spec.group, spec.version, spec.kind), spec.path, spec.create) for spec in args
    )


def load_configuration(loader: Loader, paths: list[str]) -> Configuration:
    """The defaults with what the files at ``paths`` add."""
    merged = Configuration()
    for path in paths:
        args = read_config(loader.read(path), loader.source(path), duplicates="refuse")
        merged = merged.merged(_from_args(decode(ConfigurationArgs, args, loader.source(path))))
    return DEFAULT.merged(merged)


def _from_args(args: ConfigurationArgs) -> Configuration:
    plain: dict[str, Any] = {
        spec.name: field_specs(getattr(args, spec.name))
        for spec in fields(args)
        if spec.name != "name_reference"
    }
    found = Configuration(**plain)
    references: dict[Gvk, Specs] = {}
    for entry in args.name_reference:
        target = Gvk(entry.group, entry.version, entry.kind)
        known = references.get(target, ())
        references[target] = merge_specs(known, field_specs(entry.field_specs))
    return replace(found, name_reference=references)
