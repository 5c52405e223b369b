"""``generators``, ``transformers`` and ``validators``: kustomize's built-in plugins by their files.

Only what is built in: plugins that would run a program are refused, as kustomize does by default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from trueup.errors import RenderError
from trueup.render.kustomize.configuration import Specs, field_specs
from trueup.render.kustomize.decoding import decode
from trueup.render.kustomize.generators.charts import ChartArgs, Inflation, inflate
from trueup.render.kustomize.generators.iam import IamPolicyArgs, service_account
from trueup.render.kustomize.generators.objects import generate
from trueup.render.kustomize.kustomization import (
    FieldSpecArgs,
    GeneratorArgs,
    Image,
    ObjectMeta,
    Patch,
    PatchArgs,
    Replacement,
    Replica,
    SecretArgs,
    Selector,
)
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.nodes import to_value
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import Resource
from trueup.render.kustomize.steps import Change, Setting, replace_all
from trueup.render.kustomize.transformers import namespace as namespaces
from trueup.render.kustomize.transformers.images import set_image
from trueup.render.kustomize.transformers.labels import set_entries
from trueup.render.kustomize.transformers.names import add_hashes, add_prefix, add_suffix
from trueup.render.kustomize.transformers.patches import apply_json6902, apply_merges, apply_patch
from trueup.render.kustomize.transformers.replicas import set_replicas
from trueup.render.kustomize.transformers.values import ValueTarget, add_value

T = TypeVar("T")

CHARTS = "HelmChartInflationGenerator"

_FUNCTION_NOTES = ("config.kubernetes.io/function", "config.k8s.io/function")


@dataclass
class PluginArgs:
    """The fields of all transformer plugins; each reads its own."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    field_specs: list[FieldSpecArgs] | None = None
    prefix: str = ""
    suffix: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    unset_only: bool = False
    set_role_binding_subjects: str = namespaces.DEFAULT_SUBJECTS
    image_tag: Image = field(default_factory=Image)
    replica: Replica = field(default_factory=Replica)
    target: Selector | None = None
    path: str = ""
    patch: str = ""
    options: PatchArgs | None = None
    json_op: str = ""
    replacements: list[Replacement] = field(default_factory=list)
    value: str = ""
    targets: list[ValueTarget] = field(default_factory=list)

    @property
    def specs(self) -> Specs:
        return field_specs(self.field_specs or [])


@dataclass
class MergeArgs:
    """``PatchStrategicMergeTransformer``, whose ``patches`` is a text."""

    paths: list[str] = field(default_factory=list)
    patches: str = ""


@dataclass
class GeneratorMeta:
    """What every generator plugin says of itself."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)


def generated(config: Resource, loader: Loader, charts: Inflation | None) -> Iterable[Resource]:
    """What the generator plugin that ``config`` describes makes."""
    kinds: dict[str, type[GeneratorArgs]] = {
        "ConfigMapGenerator": GeneratorArgs,
        "SecretGenerator": SecretArgs,
    }
    _refuse_external(config)
    if config.kind == "IAMPolicyGenerator":
        return [service_account(_args(IamPolicyArgs, config), str(config))]
    if config.kind == CHARTS:
        return inflated(_args(ChartArgs, config), loader, charts, str(config))
    kind = kinds.get(config.kind)
    if kind is None:
        raise _unknown(config, "generator")
    args = _args(kind, config)
    meta = _args(GeneratorMeta, config).metadata
    args.name = args.name or meta.name
    args.namespace = args.namespace or meta.namespace
    return [generate(args, loader, None)]


def transformer(config: Resource, setting: Setting) -> Change:
    """The change that the transformer plugin that ``config`` describes makes."""
    _refuse_external(config)
    if config.kind == "PatchStrategicMergeTransformer":
        merge = _args(MergeArgs, config)
        entries = [*merge.paths, *([merge.patches] if merge.patches else [])]
        if not entries:
            raise RenderError("has no patches", subject=str(config), next_step="add patches")
        return partial(apply_merges, entries=entries, loader=setting.loader, kinds=setting.kinds)
    make = _TRANSFORMERS.get(config.kind)
    if make is None:
        raise _unknown(config, "transformer")
    return make(_args(PluginArgs, config), setting)


def _args(cls: type[T], config: Resource) -> T:
    return decode(cls, to_value(config.body), str(config), strict=False)


def _refuse_external(config: Resource) -> None:
    gvk = config.gvk
    if gvk.group or gvk.version != "builtin":
        is_function = any(config.note(key) for key in _FUNCTION_NOTES)
        raise RenderError(
            "KRM functions are not run" if is_function else "external plugins are disabled",
            subject=str(config),
            next_step="use a built-in plugin (apiVersion: builtin), or commit what it makes",
        )


def inflated(
    args: ChartArgs, loader: Loader, charts: Inflation | None, source: str
) -> Iterable[Resource]:
    """What a chart renders to; RenderError where charts are not to be rendered."""
    if charts is None:
        raise RenderError(
            "helmCharts are not inflated while rendering",
            subject=source,
            next_step="deliver the chart with a HelmRelease, or commit what it renders to",
        )
    return inflate(args, loader, charts)


def _unknown(config: Resource, what: str) -> RenderError:
    return RenderError(
        f"no built-in {what} is called {config.kind}",
        subject=str(config),
        next_step="correct its kind, or commit what it makes",
    )


def _needs_specs(args: PluginArgs) -> Specs:
    if args.field_specs is None:
        raise RenderError("has no fieldSpecs", subject=args.metadata.name, next_step="add them")
    return args.specs


def _prefix(args: PluginArgs, setting: Setting) -> Change:
    return partial(add_prefix, prefix=args.prefix, specs=_needs_specs(args))


def _suffix(args: PluginArgs, setting: Setting) -> Change:
    return partial(add_suffix, suffix=args.suffix, specs=_needs_specs(args))


def _both_affixes(args: PluginArgs, setting: Setting) -> Change:
    def change(resources: ResMap) -> None:
        _prefix(args, setting)(resources)
        _suffix(args, setting)(resources)

    return change


def _labels(args: PluginArgs, setting: Setting) -> Change:
    return partial(set_entries, entries=args.labels, specs=args.specs)


def _annotations(args: PluginArgs, setting: Setting) -> Change:
    return partial(set_entries, entries=args.annotations, specs=args.specs)


def _namespace(args: PluginArgs, setting: Setting) -> Change:
    subjects = args.set_role_binding_subjects or namespaces.DEFAULT_SUBJECTS
    if subjects not in namespaces.SUBJECT_MODES:
        raise RenderError(
            f"setRoleBindingSubjects is {subjects!r}",
            subject=args.metadata.name,
            next_step=f"use one of {', '.join(namespaces.SUBJECT_MODES)}",
        )
    return partial(
        namespaces.set_namespace,
        namespace=args.metadata.namespace,
        specs=args.specs,
        unset_only=args.unset_only,
        subjects=subjects,
    )


def _image(args: PluginArgs, setting: Setting) -> Change:
    return partial(set_image, image=args.image_tag, specs=args.specs)


def _replicas(args: PluginArgs, setting: Setting) -> Change:
    return partial(set_replicas, replica=args.replica, specs=args.specs)


def _patch(args: PluginArgs, setting: Setting) -> Change:
    patch = Patch(args.path, args.patch, args.target, args.options)
    return partial(apply_patch, patch=patch, loader=setting.loader, kinds=setting.kinds)


def _json6902(args: PluginArgs, setting: Setting) -> Change:
    patch = Patch(args.path, args.json_op, args.target)
    return partial(apply_json6902, patch=patch, loader=setting.loader)


def _replacements(args: PluginArgs, setting: Setting) -> Change:
    return partial(replace_all, entries=args.replacements, loader=setting.loader)


def _hashes(args: PluginArgs, setting: Setting) -> Change:
    return add_hashes


def _value(args: PluginArgs, setting: Setting) -> Change:
    value = args.value.strip() or setting.loader.root.rpartition("/")[2]
    return partial(add_value, value=value, targets=args.targets)


_TRANSFORMERS: Final[Mapping[str, Callable[[PluginArgs, Setting], Change]]] = {
    "AnnotationsTransformer": _annotations,
    "HashTransformer": _hashes,
    "ImageTagTransformer": _image,
    "LabelTransformer": _labels,
    "NamespaceTransformer": _namespace,
    "PatchJson6902Transformer": _json6902,
    "PatchTransformer": _patch,
    "PrefixSuffixTransformer": _both_affixes,
    "PrefixTransformer": _prefix,
    "ReplacementTransformer": _replacements,
    "ReplicaCountTransformer": _replicas,
    "SuffixTransformer": _suffix,
    "ValueAddTransformer": _value,
}


VALIDATED_BY = "validated-by"
"""The one label that a validator may leave behind."""


def validate(config: Resource, resources: ResMap, setting: Setting) -> None:
    """Runs a validator, which is a transformer that must leave everything as it is."""
    before = _values(resources)
    transformer(config, setting)(resources)
    if _values(resources) != before:
        raise RenderError("a validator must not change resources", subject=str(config))


def _values(resources: ResMap) -> list[Any]:
    return [_without_mark(to_value(resource.body)) for resource in resources]


def _without_mark(value: Any) -> Any:
    """The object ``value`` without the label of a validator."""
    labels = value["metadata"].get("labels") or {}
    if isinstance(labels, dict) and labels.pop(VALIDATED_BY, None) is not None and not labels:
        del value["metadata"]["labels"]
    return value
