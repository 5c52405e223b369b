"""One kustomization carried out: what it collects, and what it does to it, bases first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trueup.errors import RenderError
from trueup.render.kustomize.configuration import Configuration, load_configuration
from trueup.render.kustomize.crds import configuration_of_crds
from trueup.render.kustomize.generators.objects import generate
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.kustomization import (
    COMPONENT,
    FILE_NAMES,
    GeneratorArgs,
    Kustomization,
    read_kustomization,
)
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.patch.merge_keys import BUILT_IN, MergeType
from trueup.render.kustomize.reading import read_objects
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import Resource
from trueup.render.kustomize.transformers.images import set_image
from trueup.render.kustomize.transformers.labels import label_specs, set_entries
from trueup.render.kustomize.transformers.names import add_prefix, add_suffix
from trueup.render.kustomize.transformers.namespace import set_namespace
from trueup.render.kustomize.transformers.patches import apply_json6902, apply_merges, apply_patch
from trueup.render.kustomize.transformers.replacements import apply_replacement, load_replacements
from trueup.render.kustomize.transformers.replicas import set_replicas
from trueup.render.kustomize.variables import Variables, claim_variables, merge_variables


@dataclass
class Accumulation:
    """What a kustomization and all below it have come to."""

    resources: ResMap = field(default_factory=ResMap)
    configuration: Configuration = field(default_factory=Configuration)
    variables: Variables = field(default_factory=dict)

    def merge(self, other: Accumulation) -> None:
        self.resources.append_all(other.resources)
        self.configuration = self.configuration.merged(other.configuration)
        self.variables = merge_variables(self.variables, other.variables.values())


@dataclass
class Session:
    """What all kustomizations of one build share."""

    kinds: dict[Gvk, MergeType] = field(default_factory=lambda: dict(BUILT_IN))


class Target:
    """The kustomization in one directory."""

    def __init__(self, loader: Loader, session: Session) -> None:
        self._loader = loader
        self._session = session
        self.kustomization, self.file_name = _load(loader)
        self._source = loader.source(self.file_name)

    def accumulate(self, into: Accumulation | None = None) -> Accumulation:
        """Carries the kustomization out, on top of ``into`` if it is a component."""
        found = into or Accumulation()
        fields = self.kustomization
        self._refuse_charts(fields)
        self._collect(found, fields.resources)
        own = load_configuration(self._loader, fields.configurations)
        found.configuration = found.configuration.merged(own)
        crds = configuration_of_crds(self._loader, fields.crds)
        found.configuration = found.configuration.merged(crds)
        self._generate(found.resources)
        for path in fields.components:
            found = self._descend(Accumulation(), path, onto=found)
        self._transform(found.resources, found.configuration)
        claim_variables(found.resources, fields.vars)
        found.variables = merge_variables(found.variables, fields.vars)
        return found

    def _collect(self, found: Accumulation, paths: Iterable[str]) -> None:
        for path in paths:
            if self._loader.is_directory(path):
                self._descend(found, path)
            else:
                found.resources.append_all(self._read(path))

    def _read(self, path: str) -> list[Resource]:
        content = self._loader.read(path)
        bodies = read_objects(content, self._loader.source(path))
        return [Resource(body) for body in bodies]

    def _descend(
        self, found: Accumulation, path: str, onto: Accumulation | None = None
    ) -> Accumulation:
        """Merges the kustomization at ``path`` into ``found``, carried out on ``onto``."""
        below = Target(self._loader.enter(path), self._session)
        is_component = below.kustomization.kind == COMPONENT
        if is_component != (onto is not None):
            raise RenderError(
                f"is {'a' if is_component else 'not a'} Component",
                subject=self._loader.source(path),
                next_step="list Components under components, and all else under resources",
            )
        found.merge(below.accumulate(onto))
        return found

    def _generate(self, resources: ResMap) -> None:
        fields = self.kustomization
        generators: list[GeneratorArgs] = [*fields.config_map_generator, *fields.secret_generator]
        for args in generators:
            resources.absorb(generate(args, self._loader, fields.generator_options))

    def _transform(self, resources: ResMap, configuration: Configuration) -> None:
        """Applies the transformers in kustomize's order."""
        fields, kinds = self.kustomization, self._session.kinds
        apply_merges(resources, fields.patches_strategic_merge, self._loader, kinds)
        for patch in fields.patches:
            apply_patch(resources, patch, self._loader, kinds)
            resources.drop_empty()
        set_namespace(resources, fields.namespace, configuration.namespace)
        if fields.name_prefix:
            add_prefix(resources, fields.name_prefix, configuration.name_prefix)
        if fields.name_suffix:
            add_suffix(resources, fields.name_suffix, configuration.name_suffix)
        for label in fields.labels:
            set_entries(resources, label.pairs, label_specs(label, configuration))
        set_entries(resources, fields.common_labels or {}, configuration.common_labels)
        set_entries(resources, fields.common_annotations or {}, configuration.common_annotations)
        for patch in fields.patches_json6902:
            apply_json6902(resources, patch, self._loader)
        for replica in fields.replicas:
            set_replicas(resources, replica, configuration.replicas)
        for image in fields.images:
            set_image(resources, image, configuration.images)
        for replacement in load_replacements(fields.replacements, self._loader):
            apply_replacement(resources, replacement)

    def _refuse_charts(self, fields: Kustomization) -> None:
        if fields.helm_charts or fields.helm_chart_inflation_generator:
            raise RenderError(
                "helmCharts are not inflated while rendering",
                subject=self._source,
                next_step="deliver the chart with a HelmRelease, or commit what it renders to",
            )


def _load(loader: Loader) -> tuple[Kustomization, str]:
    present = [name for name in FILE_NAMES if loader.is_readable(name)]
    if len(present) == 1:
        name = present[0]
        return read_kustomization(loader.read(name), loader.source(name)), name
    if present:
        raise RenderError(
            f"holds several kustomization files: {', '.join(present)}",
            subject=loader.root or ".",
            next_step="keep one of them",
        )
    raise RenderError(
        f"unable to find one of {', '.join(FILE_NAMES)}",
        subject=loader.root or ".",
        next_step="add a kustomization.yaml, or name a directory that has one",
    )
