"""The kustomization file: its fields, their defaults, and the repair of deprecated ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trueup.errors import RenderError, YamlError
from trueup.render.kustomize.decoding import decode, read_config
from trueup.render.kustomize.textcache import TextCache

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_CACHED_BYTES = 2 * 1024 * 1024
KUSTOMIZATION, COMPONENT = "Kustomization", "Component"
_API_VERSIONS = {
    KUSTOMIZATION: "kustomize.config.k8s.io/v1beta1",
    COMPONENT: "kustomize.config.k8s.io/v1alpha1",
}


@dataclass
class ObjectMeta:
    """``metadata`` of a kustomization or a plugin."""

    name: str = ""
    namespace: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass
class FieldSpecArgs:
    """One ``fieldSpecs`` entry as it is written."""

    group: str = ""
    version: str = ""
    kind: str = ""
    path: str = ""
    create: bool = False


@dataclass
class Selector:
    """Which resources: every field is a regular expression or a selector, empty for any."""

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    annotation_selector: str = ""
    label_selector: str = ""


@dataclass
class PatchArgs:
    """What a patch may change besides."""

    allow_name_change: bool = False
    allow_kind_change: bool = False


@dataclass
class Patch:
    """An entry of ``patches``: inline or from a file, for its target."""

    path: str = ""
    patch: str = ""
    target: Selector | None = None
    options: PatchArgs | None = None


@dataclass
class GeneratorOptions:
    """What is put on generated objects."""

    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    disable_name_suffix_hash: bool = False
    immutable: bool = False


@dataclass
class GeneratorArgs:
    """One ConfigMap or Secret to generate; ``type`` is for Secrets only."""

    name: str = ""
    namespace: str = ""
    behavior: str = ""
    literals: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    envs: list[str] = field(default_factory=list)
    env: str = ""
    options: GeneratorOptions | None = None


@dataclass
class SecretArgs(GeneratorArgs):
    """An entry of ``secretGenerator``."""

    type: str = ""


@dataclass
class Label:
    """An entry of ``labels``."""

    pairs: dict[str, str] = field(default_factory=dict)
    include_selectors: bool = False
    include_templates: bool = False
    field_specs: list[FieldSpecArgs] = field(default_factory=list, metadata={"name": "fields"})


@dataclass
class Image:
    """An entry of ``images``."""

    name: str = ""
    new_name: str = ""
    tag_suffix: str = ""
    new_tag: str = ""
    digest: str = ""


@dataclass
class Replica:
    """An entry of ``replicas``."""

    name: str = ""
    count: int = 0


@dataclass
class FieldOptions:
    """How a replacement reads or writes a part of a field."""

    delimiter: str = ""
    index: int = 0
    encoding: str = ""
    create: bool = False


@dataclass
class Source:
    """Where a replacement takes its value from."""

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    field_path: str = ""
    options: FieldOptions | None = None


@dataclass
class Target:
    """Where a replacement puts its value."""

    select: Selector | None = None
    reject: list[Selector] = field(default_factory=list)
    field_paths: list[str] = field(default_factory=list)
    options: FieldOptions | None = None


@dataclass
class Replacement:
    """An entry of ``replacements``."""

    path: str = ""
    source: Source | None = None
    targets: list[Target] | None = None
    source_value: str | None = None


@dataclass
class ObjectReference:
    """The object that a variable is read from."""

    kind: str = ""
    group: str = ""
    version: str = ""
    api_version: str = ""
    name: str = ""
    namespace: str = ""


@dataclass
class FieldReference:
    """The field that a variable is read from."""

    fieldpath: str = ""


@dataclass
class Variable:
    """An entry of ``vars``."""

    name: str = ""
    objref: ObjectReference = field(default_factory=ObjectReference)
    fieldref: FieldReference = field(default_factory=FieldReference)


@dataclass
class LegacySortOptions:
    """Kinds that come first, and kinds that come last."""

    order_first: list[str] = field(default_factory=list)
    order_last: list[str] = field(default_factory=list)


@dataclass
class SortOptions:
    """``sortOptions``: the order of the output."""

    order: str = ""
    legacy_sort_options: LegacySortOptions | None = None


@dataclass
class Kustomization:
    """All fields of a Kustomization or Component, by their names in snake case."""

    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta | None = None
    openapi: dict[str, str] | None = None
    name_prefix: str = ""
    name_suffix: str = ""
    namespace: str = ""
    common_labels: dict[str, str] | None = None
    labels: list[Label] = field(default_factory=list)
    common_annotations: dict[str, str] | None = None
    patches_strategic_merge: list[str] = field(default_factory=list)
    patches_json6902: list[Patch] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    image_tags: list[Image] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    replicas: list[Replica] = field(default_factory=list)
    vars: list[Variable] = field(default_factory=list)
    sort_options: SortOptions | None = None
    resources: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    crds: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    config_map_generator: list[GeneratorArgs] = field(default_factory=list)
    secret_generator: list[SecretArgs] = field(default_factory=list)
    helm_globals: dict[str, Any] | None = None
    helm_charts: list[dict[str, Any]] = field(default_factory=list)
    helm_chart_inflation_generator: list[dict[str, Any]] = field(default_factory=list)
    generator_options: GeneratorOptions | None = None
    configurations: list[str] = field(default_factory=list)
    generators: list[str] = field(default_factory=list)
    transformers: list[str] = field(default_factory=list)
    validators: list[str] = field(default_factory=list)
    build_metadata: list[str] = field(default_factory=list)


def read_kustomization(content: bytes, source: str) -> Kustomization:
    """The kustomization in ``content``; RenderError for what kustomize would refuse.

    Nobody changes it: many builds share the one of a base.
    """
    try:
        return _read_cached(content)
    except (YamlError, RenderError) as error:
        error.subject = ": ".join(filter(None, (source, error.subject)))
        raise


def _read(content: bytes) -> Kustomization:
    value = read_config(content, "")
    found = decode(Kustomization, value, "")
    _refuse_empty(value or {})
    _fix(found)
    _check_version(found)
    _check_globals(found)
    return found


def _refuse_empty(value: dict[str, Any]) -> None:
    """An empty list or mapping is something to kustomize, though nothing comes of it."""
    kinds = ("apiversion", "kind")
    said = [item for key, item in value.items() if key.lower() not in kinds]
    if not any(item or isinstance(item, dict | list) for item in said):
        raise RenderError("the kustomization is empty", next_step="add resources to it")


def _fix(found: Kustomization) -> None:
    """Replaces deprecated fields by those that took their place."""
    found.kind = found.kind or KUSTOMIZATION
    found.api_version = found.api_version or _API_VERSIONS.get(found.kind, "")
    found.resources += found.bases
    found.images += found.image_tags
    for generator in [*found.config_map_generator, *found.secret_generator]:
        if generator.env:
            generator.envs.append(generator.env)


def _check_globals(found: Kustomization) -> None:
    for key in found.helm_globals or ():
        if key.lower() not in ("charthome", "confighome"):
            raise RenderError(
                f"unknown field helmGlobals.{key}", next_step="use chartHome or configHome"
            )


def _check_version(found: Kustomization) -> None:
    if found.kind not in _API_VERSIONS:
        raise RenderError(f"kind is {found.kind}", next_step="use Kustomization or Component")
    if found.api_version != _API_VERSIONS[found.kind]:
        raise RenderError(
            f"apiVersion is {found.api_version}",
            next_step=f"use {_API_VERSIONS[found.kind]}",
        )


_read_cached = TextCache(_read, _CACHED_BYTES)
