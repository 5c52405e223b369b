"""A whole build: accumulate, name, connect, order, clean up."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Literal

from trueup.errors import RenderError
from trueup.objects import Manifest
from trueup.objects.yaml import dump_all
from trueup.render.kustomize.accumulate import Target
from trueup.render.kustomize.generators.charts import Inflation
from trueup.render.kustomize.loader import Loader, LoadRestrictor
from trueup.render.kustomize.nodes import new_key, to_value
from trueup.render.kustomize.order import LEGACY, sort_resources
from trueup.render.kustomize.provenance import REQUESTS
from trueup.render.kustomize.references import fix_references
from trueup.render.kustomize.remotes import Remotes
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import BUILD_ANNOTATIONS, ORIGIN, Resource
from trueup.render.kustomize.session import Session
from trueup.render.kustomize.transformers.labels import METADATA_LABELS, set_entries
from trueup.render.kustomize.transformers.names import add_hashes
from trueup.render.kustomize.variables import resolve_variables
from trueup.tree import StillTree, Tree

_MANAGED_BY = {"app.kubernetes.io/managed-by": "kustomize-v5.8.1"}
_LOCAL = "config.kubernetes.io/local-config"


@dataclass(frozen=True)
class Options:
    """``load_restrictor``: whether files may come from outside their kustomization's directory.

    ``managed_by_label`` adds the label of that name; ``reorder`` is the order where the
    kustomization names none: ``none`` as it comes, which is Flux's, ``legacy`` by kinds, which is
    that of ``kustomize build``. ``extends_schema``: whether a schema that ``openapi`` names adds to
    what is built in, as in Flux, or takes its place, as in ``kustomize build``. ``keep_origins``
    leaves on each object the annotation that says where it comes from. ``charts``: who renders
    ``helmCharts``, which are refused without; ``remotes``: who fetches what is named by URL,
    likewise.
    """

    load_restrictor: LoadRestrictor = "root-only"
    managed_by_label: bool = False
    reorder: Literal["none", "legacy"] = "none"
    extends_schema: bool = False
    keep_origins: bool = False
    charts: Inflation | None = None
    remotes: Remotes | None = None


def build(tree: Tree, path: str, options: Options = Options()) -> list[Manifest]:
    """The objects that ``kustomize build path`` would print, in its order.

    ``path`` is a directory of ``tree``, which is the outer bound of what is read. Raises
    RenderError, YamlError or TreeError, naming the file and the resource.
    """
    session = Session(extends_schema=options.extends_schema, charts=options.charts)
    loader = Loader.at(StillTree(tree), path, options.load_restrictor, options.remotes)
    target = Target(loader, session)
    requested = target.kustomization.build_metadata
    session.is_traced = bool(requested) or options.keep_origins
    found = target.accumulate()
    resources = found.resources
    add_hashes(resources)
    fix_references(resources, found.configuration.name_reference)
    resolve_variables(resources, found.variables, found.configuration.var_reference)
    for resource in resources:
        _check_head(resource)
    resources = ResMap(resource for resource in resources if not _is_local(resource))
    _order(resources, target, options)
    if options.managed_by_label or "managedByLabel" in requested:
        set_entries(resources, _MANAGED_BY, [METADATA_LABELS])
    dropped = {
        *BUILD_ANNOTATIONS,
        *(note for name, note in REQUESTS.items() if name not in requested),
    } - ({ORIGIN} if options.keep_origins else set())
    return [_finished(resource, dropped) for resource in resources]


def to_yaml(manifests: Iterable[Manifest]) -> str:
    """``manifests`` in the very bytes that ``kustomize build`` prints."""
    return dump_all(manifests, sort_keys=True)


def _order(resources: ResMap, target: Target, options: Options) -> None:
    if target.kustomization.sort_options is not None:
        sort_resources(resources, target.kustomization.sort_options)
    elif options.reorder == "legacy":
        sort_resources(resources, LEGACY)


def _check_head(resource: Resource) -> None:
    """RenderError for what lost its name or its kind on the way."""
    if not resource.name and not resource.kind.endswith("List"):
        raise RenderError(
            f"missing metadata.name in an object of kind {resource.kind or 'none'}",
            subject=str(resource.id),
            next_step="correct what changes the name",
        )
    if not resource.kind:
        raise RenderError(
            "missing kind in an object",
            subject=str(resource.id),
            next_step="correct what changes the kind",
        )


def _is_local(resource: Resource) -> bool:
    return resource.annotations.get(_LOCAL, "false") != "false"


def _finished(resource: Resource, dropped: Container[str]) -> Manifest:
    kept = {key: value for key, value in resource.annotations.items() if key not in dropped}
    try:
        resource.set_annotations({new_key(key): value for key, value in kept.items()})
        manifest: Manifest = to_value(resource.body)
    except RenderError as error:
        error.subject = error.subject or str(resource.id)
        raise
    return manifest
