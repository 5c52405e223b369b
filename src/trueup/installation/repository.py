"""Trueup in a Git repository, from where it keeps itself: which files, and what they say.

In the folder of a cluster there is one for Trueup, named as its namespace: ``trueup.yaml`` holds the
installation, ``sync.yaml`` the source and the delivery of the cluster's folder. Its
``kustomization.yaml`` is the user's once it is there, for patches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import normpath

from trueup.dialects.flux.sync import Sync, kept
from trueup.errors import InputError
from trueup.installation.definitions import OURS, PART_OF
from trueup.installation.rendering import Installation, render
from trueup.objects import Manifest, yaml
from trueup.render.kustomize import Options, build
from trueup.tree import Tree

_KEPT = ("Namespace", "CustomResourceDefinition")
"""A mistake in Git must not take all deliveries along."""

_ACCOUNT = "trueup-bootstrap"
_IN_ORDER = Options(reorder="legacy")


@dataclass(frozen=True, slots=True)
class Home:
    """Where an installation lives in Git. ``secret`` is the name of the credentials, if any."""

    installation: Installation
    url: str
    branch: str
    path: str
    secret: str = ""

    @property
    def sync(self) -> Sync:
        """The source and the delivery; in lockdown the delivery acts as an account of its own."""
        namespace = self.installation.namespace
        account = _ACCOUNT if self.installation.lockdown else ""
        return Sync(namespace, namespace, self.url, self.branch, self.path, self.secret, account)

    @property
    def folder(self) -> str:
        """Trueup's own folder in the repository."""
        return normpath(f"{self.path}/{self.installation.namespace}").lstrip("/")

    def files(self, before: Tree) -> Mapping[str, str]:
        """What is to be written over ``before``."""
        texts = {
            "trueup.yaml": yaml.dump_all(map(_kept, render(self.installation))),
            "sync.yaml": yaml.dump_all(self._sync()),
            "kustomization.yaml": yaml.dump(_KUSTOMIZATION),
        }
        written = {f"{self.folder}/{name}": text for name, text in texts.items()}
        if before.is_file(f"{self.folder}/kustomization.yaml"):
            del written[f"{self.folder}/kustomization.yaml"]
        return written

    def objects(self, tree: Tree) -> list[Manifest]:
        """What the folder renders to in ``tree``, as the delivery will apply it."""
        return [self.sync.delivered(obj) for obj in build(tree, self.folder, _IN_ORDER)]

    def _sync(self) -> list[Manifest]:
        account = _account(self.installation.namespace) if self.installation.lockdown else []
        return [_labelled(obj) for obj in (*account, *self.sync.manifests())]


def clean_path(path: str) -> str:
    """``path`` without what says nothing; InputError if it leaves the repository."""
    clean = normpath(path.strip("/") or ".")
    if clean.startswith(".."):
        raise InputError("leaves the repository", subject=path, next_step="name a folder in it")
    return "" if clean == "." else clean


def _kept(obj: Manifest) -> Manifest:
    return kept(obj) if obj["kind"] in _KEPT else obj


def _labelled(obj: Manifest) -> Manifest:
    return {**obj, "metadata": {**obj["metadata"], "labels": {PART_OF: OURS}}}


def _account(namespace: str) -> list[Manifest]:
    """Who may deliver Trueup itself: nobody less could give it its roles."""
    group = "rbac.authorization.k8s.io"
    subject = {"kind": "ServiceAccount", "name": _ACCOUNT, "namespace": namespace}
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": _ACCOUNT, "namespace": namespace},
            "automountServiceAccountToken": False,
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": _ACCOUNT},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [subject],
        },
    ]


_KUSTOMIZATION = {
    "apiVersion": "kustomize.config.k8s.io/v1beta1",
    "kind": "Kustomization",
    "resources": ["trueup.yaml", "sync.yaml"],
}
