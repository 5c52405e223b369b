"""A source and a delivery of it: what keeps a cluster as a folder of a branch says."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.dialects.flux import names
from trueup.dialects.flux.sent import bring_into_form
from trueup.objects import GroupVersionKind, Manifest
from trueup.objects.manifest import copy, labels

_SOURCE_INTERVAL = "1m"
_DELIVERY_INTERVAL = "10m"


@dataclass(frozen=True, slots=True)
class Sync:
    """Both are named ``name``. ``path`` is relative to the repository's root.

    ``secret`` holds the credentials, ``account`` is the ServiceAccount that the delivery acts as;
    empty where there is none.
    """

    name: str
    namespace: str
    url: str
    branch: str
    path: str
    secret: str = ""
    account: str = ""

    def manifests(self) -> list[Manifest]:
        """The source, then the delivery."""
        return [self._source(), self._delivery()]

    def delivered(self, obj: Manifest) -> Manifest:
        """``obj`` as this delivery applies it."""
        marked: Manifest = copy(obj)
        marks = {
            names.OWNER_NAME_LABEL: self.name,
            names.OWNER_NAMESPACE_LABEL: self.namespace,
        }
        marked["metadata"]["labels"] = {**labels(obj), **marks}
        bring_into_form(marked)
        return marked

    def _source(self) -> Manifest:
        spec: Manifest = {
            "interval": _SOURCE_INTERVAL,
            "ref": {"branch": self.branch},
            "url": self.url,
        }
        if self.secret:
            spec["secretRef"] = {"name": self.secret}
        return {**self._head(names.GIT_REPOSITORY), "spec": spec}

    def _delivery(self) -> Manifest:
        spec: Manifest = {
            "interval": _DELIVERY_INTERVAL,
            "path": f"./{self.path}",
            "prune": True,
            "sourceRef": {"kind": names.GIT_REPOSITORY.kind, "name": self.name},
        }
        if self.account:
            spec["serviceAccountName"] = self.account
        return {**self._head(names.KUSTOMIZATION), "spec": spec}

    def _head(self, kind: GroupVersionKind) -> Manifest:
        metadata = {"name": self.name, "namespace": self.namespace}
        return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}


def kept(obj: Manifest) -> Manifest:
    """``obj`` such that no delivery prunes it, should it go missing from Git."""
    marked: Manifest = copy(obj)
    notes = marked["metadata"].setdefault("annotations", {})
    notes[names.PRUNE] = names.DISABLED
    return marked
