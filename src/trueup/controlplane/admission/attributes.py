"""One write as admission sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trueup.controlplane.auth.user import User
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.conversion import convert
from trueup.controlplane.resources import Resource
from trueup.objects import GroupVersionKind, Manifest

CREATE, UPDATE, DELETE = "CREATE", "UPDATE", "DELETE"


@dataclass(slots=True)
class Attributes:
    """``obj`` is what is to be written, which admission may change; None for a deletion.

    ``kind`` is that of ``obj`` and ``old``: a subresource may have another than its ``resource``.
    ``requested`` is the kind that they were sent as.
    """

    call: Call
    operation: str
    kind: GroupVersionKind
    requested: GroupVersionKind
    obj: Manifest | None
    old: Manifest | None = None

    @property
    def resource(self) -> Resource:
        return self.call.resource

    @property
    def user(self) -> User:
        return self.call.user

    @property
    def name(self) -> str:
        """Empty where the name is still to be generated, or one of a whole collection."""
        if self.call.of_collection:
            return ""
        return self.call.name or str(((self.obj or {}).get("metadata") or {}).get("name") or "")

    @property
    def namespace(self) -> str:
        """A namespace is in itself."""
        if self.resource.bucket == "/namespaces":
            return self.name
        return self.call.namespace

    @property
    def options(self) -> Mapping[str, Any]:
        """The options of the request as those of the operation: a patch may be either write."""
        kinds = {"kind": _OPTIONS[self.operation], "apiVersion": "meta.k8s.io/v1"}
        return {**self.call.options, **kinds}

    def seen_as(self, kind: GroupVersionKind) -> Attributes:
        """The same with its objects in another version of their kind."""
        if kind == self.kind:
            return self
        old = self.old and convert(self.old, self.kind, kind)
        return replace(
            self, kind=kind, obj=self.obj and convert(self.obj, self.kind, kind), old=old
        )


def kind_of(obj: Manifest) -> GroupVersionKind:
    """What kind ``obj`` says it is."""
    return GroupVersionKind.of(str(obj["apiVersion"]), str(obj["kind"]))


_OPTIONS = {CREATE: "CreateOptions", UPDATE: "UpdateOptions", DELETE: "DeleteOptions"}


def attributes_of(
    call: Call,
    operation: str,
    obj: Manifest | None,
    old: Manifest | None = None,
    kind: GroupVersionKind | None = None,
) -> Attributes:
    kind = kind or call.resource.gvk
    return Attributes(call, operation, kind, kind, obj, old)
