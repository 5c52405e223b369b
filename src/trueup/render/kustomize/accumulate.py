"""One kustomization carried out: what it collects, and what it does to it, bases first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trueup.errors import InputError, RenderError
from trueup.render.kustomize import plugins, provenance
from trueup.render.kustomize.configuration import Configuration, load_configuration
from trueup.render.kustomize.crds import configuration_of_crds
from trueup.render.kustomize.generators.charts import chart_args
from trueup.render.kustomize.generators.objects import generate
from trueup.render.kustomize.identity import Key
from trueup.render.kustomize.kustomization import (
    COMPONENT,
    FILE_NAMES,
    Kustomization,
    read_kustomization,
)
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.reading import read_objects
from trueup.render.kustomize.remotes import is_url, parse_repository, shown
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import ORIGIN, Resource
from trueup.render.kustomize.session import Session
from trueup.render.kustomize.steps import Change, Setting, steps
from trueup.render.kustomize.ties import follow_all
from trueup.render.kustomize.variables import Variables, claim_variables, merge_variables


@dataclass
class Accumulation:
    """What a kustomization and all below it have come to."""

    resources: ResMap = field(default_factory=ResMap)
    configuration: Configuration = field(default_factory=Configuration)
    variables: Variables = field(default_factory=dict)

    def merge(self, other: Accumulation, source: str, taken: set[Key] | None = None) -> None:
        self.resources.append_all(other.resources, source, taken)
        self.configuration = self.configuration.merged(other.configuration)
        self.variables = merge_variables(self.variables, other.variables.values())


class Target:
    """The kustomization in one directory; ``place`` is the way to it from where the build began.

    ``namespace`` is that of the one which refers to it; here it is for charts only.
    """

    def __init__(
        self,
        loader: Loader,
        session: Session,
        place: provenance.Place = provenance.HERE,
        namespace: str = "",
    ) -> None:
        self._loader = loader
        self._place = place
        self._session = session
        self.kustomization, self.file_name = _load(loader)
        self._source = loader.source(self.file_name)
        self._namespace = self.kustomization.namespace or namespace
        session.enter(self._source)
        session.learn(self.kustomization, loader, self._source)

    def accumulate(self, into: Accumulation | None = None) -> Accumulation:
        """Carries the kustomization out, on top of ``into`` if it is a component."""
        try:
            return self._accumulate(into or Accumulation())
        except InputError as error:
            error.subject = error.subject or self._source
            raise

    def _accumulate(self, found: Accumulation) -> Accumulation:
        fields = self.kustomization
        self._collect(found, fields.resources)
        own = load_configuration(self._loader, fields.configurations)
        found.configuration = found.configuration.merged(own)
        crds = configuration_of_crds(self._loader, fields.crds)
        found.configuration = found.configuration.merged(crds)
        self._generate(found.resources)
        for path in fields.components:
            merged = Accumulation()
            merged.merge(self._below(path, onto=found), self._loader.source(path))
            found = merged
        setting = Setting(self._loader, self._session.kinds, found.configuration)
        self._transform(found.resources, setting)
        claim_variables(found.resources, fields.vars)
        found.variables = merge_variables(found.variables, fields.vars)
        return found

    def _collect(self, found: Accumulation, paths: Iterable[str]) -> None:
        taken = found.resources.keys()
        for path in paths:
            if self._loader.is_directory(path) or self._is_repository(path):
                found.merge(self._below(path), self._loader.source(path), taken)
            else:
                found.resources.append_all(self._read(path), self._loader.source(path), taken)

    def _is_repository(self, path: str) -> bool:
        """Whether ``path`` is a repository elsewhere; what is behind a URL may be a file, too."""
        if self._loader.remotes is None or parse_repository(path) is None:
            return False
        if not is_url(path):
            return True
        try:
            read_objects(self._loader.read(path), path)
        except InputError:
            return True
        return False

    def _read(self, path: str) -> list[Resource]:
        content = self._loader.read(path)
        bodies = read_objects(content, self._loader.source(path))
        found = [Resource(body) for body in bodies]
        self._note_file(found, path)
        return found

    def _below(self, path: str, onto: Accumulation | None = None) -> Accumulation:
        """The kustomization at ``path``, carried out on ``onto`` if it is to be a component."""
        loader = self._loader.enter(path)
        try:
            return self._carried_out(loader, path, onto)
        except InputError as error:
            if loader.tree is not self._loader.tree:
                error.subject = f"{shown(path)}: {error.subject}"
            raise

    def _carried_out(self, loader: Loader, path: str, onto: Accumulation | None) -> Accumulation:
        below = Target(loader, self._session, self._place.joined(path), self._namespace)
        is_component = below.kustomization.kind == COMPONENT
        if is_component != (onto is not None):
            raise RenderError(
                f"is {'a' if is_component else 'not a'} Component",
                subject=self._loader.source(path),
                next_step="list Components under components, and all else under resources",
            )
        return below.accumulate(onto)

    def _generate(self, resources: ResMap) -> None:
        fields, loader = self.kustomization, self._loader
        for kind, generators in (
            ("ConfigMapGenerator", fields.config_map_generator),
            ("SecretGenerator", fields.secret_generator),
        ):
            for args in generators:
                made = generate(args, loader, fields.generator_options)
                self._absorb(resources, [made], self._origin_of_field(kind))
        for chart in chart_args(fields, self._namespace, self._source):
            objects = plugins.inflated(chart, loader, self._session.charts, self._source)
            self._absorb(resources, objects, self._origin_of_field(plugins.CHARTS))
        for config in self._plugins(fields.generators):
            objects = plugins.generated(config, loader, self._session.charts)
            self._absorb(resources, objects, provenance.of_plugin(config))

    def _absorb(self, resources: ResMap, made: Iterable[Resource], origin: str | None) -> None:
        for resource in made:
            if origin is not None and resource.note(ORIGIN) is None:
                resource.annotate(ORIGIN, origin)
            resources.absorb(resource)

    def _transform(self, resources: ResMap, setting: Setting) -> None:
        """Applies the transformers, those of the fields first."""
        for kind, change in steps(self.kustomization, setting):
            self._apply(resources, change, self._origin_of_field(kind))
        for config in self._plugins(self.kustomization.transformers):
            change = plugins.transformer(config, setting)
            self._apply(resources, change, provenance.of_plugin(config))
        for config in self._plugins(self.kustomization.validators):
            plugins.validate(config, resources, setting)

    def _apply(self, resources: ResMap, change: Change, origin: str | None) -> None:
        change(resources)
        for resource in resources.resources:
            if resource.ties:
                follow_all(resource.ties)
        if origin is not None:
            provenance.note_change(resources, origin)
        resources.drop_empty()

    def _plugins(self, entries: Iterable[str]) -> ResMap:
        """The configurations of plugins, each entry a text, a file or a kustomization."""
        found = Accumulation()
        paths: list[str] = []
        for entry in entries:
            try:
                bodies = read_objects(entry, self._source)
            except InputError:
                paths.append(entry)
            else:
                inline = [Resource(body) for body in bodies]
                self._note_file(inline, self.file_name)
                found.resources.append_all(inline)
        self._collect(found, paths)
        return found.resources

    def _note_file(self, resources: Iterable[Resource], path: str) -> None:
        if self._session.is_traced:
            origin = provenance.of_file(self._place.joined(path))
            for resource in resources:
                resource.annotate(ORIGIN, origin)

    def _origin_of_field(self, kind: str) -> str | None:
        if not self._session.is_traced:
            return None
        return provenance.of_field(self._place.joined(self.file_name), kind)


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
