"""Which kinds kube-apiserver can read, more than it serves, and what it calls their types.

``known_kinds.json`` (made by ``scripts/known_kinds``) has their names by group and version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from trueup.objects import GroupVersionKind

_EVERYWHERE = frozenset(
    f"{verb}Options" for verb in ("Create", "Delete", "Get", "List", "Patch", "Update")
) | {"WatchEvent"}
"""Kinds of every version, though all are those of meta/v1."""

_PACKAGES = {
    "": "core",
    "events.k8s.io": "core",
    "internal.apiserver.k8s.io": "apiserverinternal",
    "rbac.authorization.k8s.io": "rbac",
}
_OF_EXTENSIONS = {"Ingress": "networking", "NetworkPolicy": "networking", "Scale": "autoscaling"}
_OWN_SERVERS = ("apiextensions.k8s.io", "apiregistration.k8s.io")
"""Groups whose servers know no kind of any other."""


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    raw = json.loads(files(__package__).joinpath("known_kinds.json").read_bytes())
    return {version: frozenset(names.split()) for version, names in raw.items()}


def is_known(kind: GroupVersionKind, served: GroupVersionKind) -> bool:
    """Whether the server that serves ``served`` can read ``kind``."""
    if served.group in _OWN_SERVERS:
        return kind.api_version == served.api_version and kind.kind.startswith(served.kind)
    known = _kinds().get(kind.api_version, frozenset())
    return kind.kind in known or bool(known and kind.kind in _EVERYWHERE)


def go_type(kind: GroupVersionKind) -> str:
    """Of the kind in this version: ``v1.Secret``."""
    return f"{'v1' if kind.kind in _EVERYWHERE else kind.version}.{kind.kind}"


def internal_type(kind: GroupVersionKind) -> str:
    """Of the kind in all its versions: ``core.Secret``. What has the same can be converted."""
    if kind.group == "extensions":
        package = _OF_EXTENSIONS.get(kind.kind, "apps")
    else:
        package = _PACKAGES.get(kind.group, kind.group.partition(".")[0])
    return f"{package}.{kind.kind}"
