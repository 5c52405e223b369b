"""Who an object is: group, kind, namespace and name; the version is a way of looking at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from trueup.errors import InputError


class GroupKind(NamedTuple):
    """A kind, whatever its version; the core group is empty."""

    group: str
    kind: str


class GroupVersionKind(NamedTuple):
    """A kind in one version; the core group is empty."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """``apps/v1``, or ``v1`` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_kind(self) -> GroupKind:
        return GroupKind(self.group, self.kind)

    @classmethod
    def of(cls, api_version: str, kind: str) -> GroupVersionKind:
        group, _, version = api_version.rpartition("/")
        return cls(group, version, kind)


@dataclass(frozen=True, slots=True, order=True)
class ObjectRef:
    """The identity of one object. Two references that differ only in version are equal."""

    group: str
    kind: str
    namespace: str
    name: str
    version: str = field(default="", compare=False)

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> ObjectRef:
        """The identity of ``manifest``; raises InputError if it has none."""
        api_version, kind = manifest.get("apiVersion"), manifest.get("kind")
        metadata = manifest.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else None
        if not (isinstance(api_version, str) and api_version and isinstance(kind, str) and kind):
            raise InputError("object has no apiVersion and kind", next_step="add both")
        if not name:
            raise InputError("object has no metadata.name", subject=kind, next_step="add a name")
        gvk = GroupVersionKind.of(api_version, kind)
        namespace = (metadata or {}).get("namespace") or ""
        for what, value in (("name", name), ("namespace", namespace)):
            if not isinstance(value, str):
                cause = f"metadata.{what} is not a string"
                raise InputError(cause, subject=kind, next_step="put it in quotes")
        return cls(gvk.group, kind, namespace, name, gvk.version)

    @property
    def gvk(self) -> GroupVersionKind:
        return GroupVersionKind(self.group, self.version, self.kind)

    @property
    def group_kind(self) -> GroupKind:
        return GroupKind(self.group, self.kind)

    @property
    def api_version(self) -> str:
        return self.gvk.api_version

    def __str__(self) -> str:
        """``Deployment/apps-ns/web``; the namespace is left out where there is none."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)
