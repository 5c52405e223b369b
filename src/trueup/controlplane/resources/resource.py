"""One served resource in one version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.objects import GroupVersionKind


@dataclass(frozen=True, slots=True)
class Subresource:
    """``gvk`` is the kind that the subresource speaks, which may be another than its parent's."""

    name: str
    gvk: GroupVersionKind
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomVersion:
    """What only a custom resource has: the definition's name and this version's entry in it.

    ``since`` is the revision from which on objects were written by this schema.
    """

    definition: str
    version: Mapping[str, Any]
    storage_version: str
    since: int = 0

    @property
    def scale(self) -> Mapping[str, str] | None:
        """Where ``spec.replicas`` and its kin live: specReplicasPath and so on."""
        return (self.version.get("subresources") or {}).get("scale")

    @property
    def columns(self) -> list[Mapping[str, Any]]:
        return list(self.version.get("additionalPrinterColumns") or ())

    @property
    def selectable_fields(self) -> tuple[str, ...]:
        """JSON paths that a field selector may name, without the leading dot."""
        fields = self.version.get("selectableFields") or ()
        return tuple(str(item["jsonPath"]).lstrip(".") for item in fields)


@dataclass(frozen=True, slots=True)
class Resource:
    """``bucket`` names where objects are stored; two versions of a kind share one.

    ``generation`` lists the fields whose change raises metadata.generation; None: there is none.
    """

    group: str
    version: str
    plural: str
    singular: str
    kind: str
    namespaced: bool
    verbs: tuple[str, ...]
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: Mapping[str, Subresource] = field(default_factory=dict)
    generation: tuple[str, ...] | None = None
    bucket: str = ""
    stored_as: GroupVersionKind | None = None
    list_kind: str = ""
    returns_deleted: bool = False
    """Whether a delete answers with the object even when it is gone."""

    custom: CustomVersion | None = None

    @property
    def gvk(self) -> GroupVersionKind:
        return GroupVersionKind(self.group, self.version, self.kind)

    @property
    def storage_gvk(self) -> GroupVersionKind:
        return self.stored_as or self.gvk

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_resource(self) -> str:
        """``deployments.apps``, or ``pods`` for the core group, as error texts name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def list_name(self) -> str:
        return self.list_kind or f"{self.kind}List"

    def key(self, namespace: str, name: str) -> str:
        """The key of an object within the bucket."""
        return f"{namespace}/{name}" if self.namespaced else name

    def prefix(self, namespace: str) -> str:
        """What the keys of all objects in ``namespace`` (empty: anywhere) start with."""
        return f"{namespace}/" if self.namespaced and namespace else ""
