"""The ``namespace`` field: puts every namespaced resource into one namespace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial

from trueup.errors import RenderError
from trueup.render.kustomize.fieldspecs import FieldSpec, set_field, set_fields
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.nodes import Node, is_null, is_scalar, restyled, text_of
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import FROM_HELM, Resource

ALL_SERVICE_ACCOUNTS, DEFAULT_SUBJECTS, NO_SUBJECTS = "allServiceAccounts", "defaultOnly", "none"
SUBJECT_MODES = (ALL_SERVICE_ACCOUNTS, DEFAULT_SUBJECTS, NO_SUBJECTS)
_OWN_FIELD = FieldSpec(Gvk(), "metadata/namespace", create=True)
_BINDINGS = ("RoleBinding", "ClusterRoleBinding")


def set_namespace(
    resources: ResMap,
    namespace: str,
    specs: Iterable[FieldSpec],
    *,
    unset_only: bool = False,
    subjects: str = DEFAULT_SUBJECTS,
) -> None:
    """Sets ``namespace`` where ``specs`` and the resource's own namespace field lead.

    ``subjects`` says which subjects of role bindings move along. RenderError if two resources end
    up with one id.
    """
    if not namespace:
        return
    specs = tuple(specs)
    setter = partial(_set, namespace, unset_only)
    taken = Counter(resource.id.key for resource in resources)
    for resource in resources:
        if resource.note(FROM_HELM) == "true":
            continue
        resource.remember_id()
        taken[resource.id.key] -= 1
        _move(resource, specs, setter, subjects)
        key = resource.id.key
        taken[key] += 1
        if taken[key] > 1:
            raise RenderError(
                f"namespace {namespace} gives two resources the same id",
                subject=str(resource.id),
                next_step="rename one of them",
            )


def move(resource: Resource, namespace: str) -> None:
    """Sets the resource's own namespace, and that of the default subjects of a role binding."""
    _move(resource, (), partial(_set, namespace, False), DEFAULT_SUBJECTS)


def _move(
    resource: Resource, specs: tuple[FieldSpec, ...], setter: partial[Node], subjects: str
) -> None:
    gvk = resource.gvk
    is_binding = gvk.kind in _BINDINGS
    if not gvk.is_cluster_scoped:
        set_field(resource, _OWN_FIELD, setter, str)
    if is_binding:
        _move_subjects(resource, setter, subjects)
    wanted = [
        spec
        for spec in specs
        if spec.path != "metadata/namespace"
        and not (spec.path == "metadata/name" and gvk.api_version != "v1")
        and not (is_binding and spec.gvk.kind in _BINDINGS and spec.path == "subjects/namespace")
    ]
    set_fields(resource, wanted, setter, str)


def _set(namespace: str, unset_only: bool, node: Node) -> Node:
    if not (is_null(node) or is_scalar(node)):
        raise RenderError("a namespace field holds a collection")
    if unset_only and not is_null(node) and text_of(node):
        return node
    return restyled(node, namespace)


def _move_subjects(resource: Resource, setter: partial[Node], subjects: str) -> None:
    field, wanted = {
        ALL_SERVICE_ACCOUNTS: ("kind", "ServiceAccount"),
        DEFAULT_SUBJECTS: ("name", "default"),
        NO_SUBJECTS: ("", ""),
    }[subjects]
    found = resource.body.get("subjects")
    if not field or is_null(found):
        return
    if not isinstance(found, list):
        raise RenderError("subjects is not a list", subject=str(resource.id))
    for subject in found:
        if isinstance(subject, dict) and text_of(subject.get(field)) == wanted:
            subject["namespace"] = setter(subject.get("namespace", ""))
