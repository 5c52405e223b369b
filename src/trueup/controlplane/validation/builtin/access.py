"""Roles and their bindings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    each,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def role(obj: Manifest, *, namespaced: bool = True) -> Iterator[Cause]:
    for at, rule in enumerate(obj.get("rules") or ()):
        yield from _rule(rule, below("rules", at), namespaced)


cluster_role = partial(role, namespaced=False)


def _rule(rule: Manifest, path: str, namespaced: bool) -> Iterator[Cause]:
    urls, place = rule.get("nonResourceURLs") or [], child(path, "nonResourceURLs")
    resources = rule.get("resources") or []
    if not rule.get("verbs"):
        yield required(child(path, "verbs"))
    if urls:
        if namespaced:
            yield invalid(place, urls, "namespaced rules cannot apply to non-resource URLs")
        if rule.get("apiGroups") or resources or rule.get("resourceNames"):
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            yield invalid(place, urls, detail)
        return
    if not rule.get("apiGroups"):
        yield required(
            child(path, "apiGroups"), "resource rules must supply at least one api group"
        )
    if not resources:
        yield required(child(path, "resources"), "resource rules must supply at least one resource")


def role_binding(
    obj: Manifest, *, kinds: tuple[str, ...] = ("Role", "ClusterRole")
) -> Iterator[Cause]:
    reference = obj.get("roleRef") or {}
    if reference.get("apiGroup") != _GROUP:
        yield unsupported("roleRef.apiGroup", reference.get("apiGroup") or "", (_GROUP,))
    if reference.get("kind") not in kinds:
        yield unsupported("roleRef.kind", reference.get("kind") or "", kinds)
    name = str(reference.get("name") or "")
    if not name:
        yield required("roleRef.name")
    else:
        yield from each("roleRef.name", name, names.path_segment(name))
    for at, subject in enumerate(obj.get("subjects") or ()):
        yield from _subject(subject, below("subjects", at), "Role" in kinds)


cluster_role_binding = partial(role_binding, kinds=("ClusterRole",))


def _subject(subject: Manifest, path: str, namespaced: bool) -> Iterator[Cause]:
    kind = subject.get("kind") or ""
    name = str(subject.get("name") or "")
    if not name:
        yield required(child(path, "name"))
    elif kind == "ServiceAccount":
        yield from each(child(path, "name"), name, names.dns_subdomain(name))
    if kind not in _SUBJECTS:
        yield unsupported(child(path, "kind"), kind, _SUBJECTS)
    elif kind == "ServiceAccount":
        if subject.get("apiGroup"):
            yield unsupported(child(path, "apiGroup"), subject["apiGroup"], ("",))
        if not namespaced and not subject.get("namespace"):
            yield required(child(path, "namespace"))
    elif subject.get("apiGroup") != _GROUP:
        yield unsupported(child(path, "apiGroup"), subject.get("apiGroup") or "", (_GROUP,))


def binding_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    mine = new.get("roleRef") or {}
    if mine != old.get("roleRef"):
        fields = {"APIGroup": "apiGroup", "Kind": "kind", "Name": "name"}
        shown = Struct({name: mine.get(key, "") for name, key in fields.items()})
        yield invalid("roleRef", shown, "field is immutable")
