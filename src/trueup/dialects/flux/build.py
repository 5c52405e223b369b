"""What ``flux build kustomization --dry-run`` prints: a Flux Kustomization, rendered offline.

Generate, build, substitute the variables of ``postBuild.substitute``, set owner labels, mask what
SOPS encrypted, set common metadata; with ``recursive`` also what the Flux Kustomizations among
the objects build from folders that stand in for their sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.dialects.flux import typed
from trueup.dialects.flux.generate import SpecFields, generate
from trueup.dialects.flux.manifests import BUILD_OPTIONS, flattened
from trueup.dialects.flux.names import KUSTOMIZE_GROUP, OWNER_NAME_LABEL, OWNER_NAMESPACE_LABEL
from trueup.dialects.flux.postbuild import Lookup, PostBuild, load_variables, substitute
from trueup.dialects.flux.sops_mask import mask_secret
from trueup.errors import CycleError, InputError
from trueup.objects import Manifest, yaml
from trueup.render.kustomize import build as kustomize_build
from trueup.tree import Tree


@dataclass(frozen=True)
class BuildOptions:
    """The flags of the command.

    ``local_sources`` maps ``Kind/namespace/name`` of a source to a folder of the tree; ``lookup``
    gives the cluster's ConfigMaps and Secrets, None stands for a dry run without a cluster.
    """

    ignore: str = ""
    strict: bool = False
    recursive: bool = False
    local_sources: Mapping[str, str] = field(default_factory=dict)
    lookup: Lookup | None = None


@dataclass
class _Metadata:
    name: str = ""
    namespace: str = ""


@dataclass
class _CommonMetadata:
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass
class _SourceReference:
    kind: str = ""
    name: str = ""
    namespace: str = ""


@dataclass
class _Spec(SpecFields):
    path: str = ""
    source_ref: _SourceReference = field(default_factory=_SourceReference)
    common_metadata: _CommonMetadata | None = None
    post_build: PostBuild | None = None


@dataclass
class _Kustomization:
    metadata: _Metadata = field(default_factory=_Metadata)
    spec: _Spec = field(default_factory=_Spec)

    @property
    def key(self) -> str:
        return f"{self.metadata.namespace}/{self.metadata.name}"


def flux_build(
    tree: Tree, path: str, kustomization: Mapping[str, Any], options: BuildOptions
) -> list[Manifest]:
    """The objects that ``kustomization`` builds from ``path``, those of others it applies last.

    Raises InputError, by its subclasses, for what the command would refuse.
    """
    if not _is_flux_kustomization(kustomization):
        raise InputError(
            "is not a Flux Kustomization",
            subject=str(kustomization.get("kind")),
            next_step=f"give an object of kind Kustomization in {KUSTOMIZE_GROUP}",
        )
    return _Build(tree, options).run(path, _read(kustomization), ())


def to_text(objects: list[Manifest]) -> str:
    """``objects`` as the command prints them: a separator after each."""
    return "".join(yaml.dump(obj, sort_keys=True) + "---\n" for obj in objects)


@dataclass(frozen=True)
class _Build:
    tree: Tree
    options: BuildOptions

    def run(self, path: str, owner: _Kustomization, above: tuple[str, ...]) -> list[Manifest]:
        if owner.key in above:
            raise CycleError(
                f"Kustomizations apply each other: {' -> '.join((*above, owner.key))}",
                subject=f"Kustomization/{owner.key}",
            )
        objects = [self._marked(obj, owner) for obj in self._rendered(path, owner)]
        objects = [obj for obj in flattened(objects) if _is_applied(obj)]
        for obj in objects:
            _set_common_metadata(obj, owner.spec.common_metadata)
        if not self.options.recursive:
            return objects
        applied = [_read(obj) for obj in objects if _is_flux_kustomization(obj)]
        return objects + [
            found
            for inner in applied
            if inner.key != owner.key
            for found in self.run(self._path(inner), inner, (*above, owner.key))
        ]

    def _rendered(self, path: str, owner: _Kustomization) -> list[Manifest]:
        spec = typed.plain(owner.spec)
        tree = generate(self.tree, path, spec, ignore=self.options.ignore)
        objects = kustomize_build(tree, path, BUILD_OPTIONS)
        post = owner.spec.post_build
        if post is None:
            return objects
        variables = load_variables(post, owner.metadata.namespace, self.options.lookup)
        return substitute(objects, variables, strict=self.options.strict, always=post.always)

    def _marked(self, obj: Manifest, owner: _Kustomization) -> Manifest:
        labels = obj.setdefault("metadata", {}).setdefault("labels", {})
        if labels is not None:
            if not isinstance(labels, dict):
                raise InputError("metadata.labels is not a mapping", subject=str(obj.get("kind")))
            labels[OWNER_NAME_LABEL] = owner.metadata.name
            labels[OWNER_NAMESPACE_LABEL] = owner.metadata.namespace
        return mask_secret(obj) if obj.get("kind") == "Secret" else obj

    def _path(self, owner: _Kustomization) -> str:
        source = owner.spec.source_ref
        namespace = source.namespace or owner.metadata.namespace
        key = "/".join(part for part in (source.kind, namespace, source.name) if part)
        if key not in self.options.local_sources:
            raise InputError(
                f"no local folder for {key}",
                subject=f"Kustomization/{owner.key}",
                next_step=f"name one for {key} among the local sources",
            )
        return f"{self.options.local_sources[key]}/{owner.spec.path}"


def _read(kustomization: Mapping[str, Any]) -> _Kustomization:
    return typed.read(_Kustomization, dict(kustomization), "Kustomization")


def _is_applied(obj: Manifest) -> bool:
    """Whether ``obj`` is for a cluster: named, and no configuration of kustomize itself."""
    api_version, kind = str(obj.get("apiVersion") or ""), str(obj.get("kind") or "")
    if kind.lower() == "kustomization" and api_version.startswith("kustomize.config.k8s.io/"):
        return False
    name = (obj.get("metadata") or {}).get("name")
    return bool(api_version and kind and name and isinstance(name, str))


def _is_flux_kustomization(obj: Mapping[str, Any]) -> bool:
    is_ours = str(obj.get("apiVersion")).startswith(f"{KUSTOMIZE_GROUP}/")
    return is_ours and obj.get("kind") == "Kustomization"


def _set_common_metadata(obj: Manifest, common: _CommonMetadata | None) -> None:
    if common is None:
        return
    for name, values in (("labels", common.labels), ("annotations", common.annotations)):
        if wanted := {**_texts(obj["metadata"].get(name)), **values}:
            obj["metadata"][name] = wanted


def _texts(values: Any) -> dict[str, str]:
    """Labels or annotations as Go reads them: null is "", and one other value spoils them all."""
    texts = {name: "" if value is None else value for name, value in (values or {}).items()}
    return texts if all(isinstance(text, str) for text in texts.values()) else {}
