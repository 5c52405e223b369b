"""Name references: where an object names another one that the build has renamed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import NamedTuple

from trueup.errors import RenderError
from trueup.render.kustomize.default_references import NAME_REFERENCES
from trueup.render.kustomize.fieldspecs import FieldSpec
from trueup.render.kustomize.fieldtree import FieldTree
from trueup.render.kustomize.identity import Gvk
from trueup.render.kustomize.nodes import Node, is_null, is_scalar, retyped, text_of, to_value
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import PREFIXES, SUFFIXES, Resource

References = Mapping[Gvk, Iterable[FieldSpec]]


def fix_references(resources: ResMap, references: References) -> None:
    """Rewrites every name that refers to a renamed resource.

    RenderError if it cannot be told which of several resources is meant, or where a field that
    holds a name has another form.
    """
    by_former_name: dict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        for name in {known.name for known in resource.previous_ids}:
            by_former_name[name].append(resource)
    rules_for = (
        _default_rules if references is NAME_REFERENCES else cache(partial(_rules, references))
    )
    for resource in resources:
        rules = rules_for(resource.original_id.gvk)
        if rules.is_empty:
            continue
        scope = _Scope(resource, resources, by_former_name)

        def fixed(rule: _Rule, node: Node, scope: _Scope = scope) -> Node:
            return _Fix(scope, *rule)(node)

        try:
            rules.visit(resource.body, fixed)
        except RenderError as error:
            error.subject = error.subject or str(resource.id)
            raise


class _Rule(NamedTuple):
    """A field at ``path`` refers to objects of kind ``target``."""

    target: Gvk
    path: str


def _rules(references: References, referrer: Gvk) -> FieldTree[_Rule]:
    """Where objects of kind ``referrer`` refer to others."""
    return FieldTree(
        (spec.path, _Rule(target, spec.path))
        for target, specs in references.items()
        for spec in specs
        if referrer.is_selected_by(spec.gvk)
    )


@lru_cache(maxsize=1024)
def _default_rules(referrer: Gvk) -> FieldTree[_Rule]:
    return _rules(NAME_REFERENCES, referrer)


class _Scope:
    """What one referrer can refer to."""

    def __init__(
        self, referrer: Resource, resources: ResMap, by_former_name: Mapping[str, list[Resource]]
    ) -> None:
        self.referrer = referrer
        self._resources = resources
        self._by_former_name = by_former_name
        self._subject_namespaces = _subject_namespaces(referrer)

    def has_original_namespace(self, namespace: str) -> bool:
        """Whether anything in reach was in ``namespace`` at first."""
        return any(
            _original_namespace(resource) == namespace and self._reaches(resource)
            for resource in self._resources
        )

    def called(self, name: str) -> list[Resource]:
        """The resources in reach that once had ``name``, in the order of the build."""
        found = self._by_former_name.get(name, [])
        return [resource for resource in found if self._reaches(resource)] if found else []

    def _reaches(self, target: Resource) -> bool:
        referrer = self.referrer.id
        if referrer.is_cluster_scoped:
            return True
        known = target.id
        return (
            known.is_cluster_scoped
            or known.effective_namespace == referrer.effective_namespace
            or target.namespace in self._subject_namespaces
        )


def _subject_namespaces(referrer: Resource) -> set[str]:
    """Namespaces of the service accounts that a RoleBinding names; RenderError where one is no text."""
    subjects = referrer.body.get("subjects")
    if referrer.kind != "RoleBinding" or not isinstance(subjects, list):
        return set()
    found = [
        subject["namespace"]
        for subject in subjects
        if isinstance(subject, dict)
        and text_of(subject.get("kind")) == "ServiceAccount"
        and "namespace" in subject
    ]
    if any(is_null(name) or not isinstance(to_value(name), str) for name in found):
        raise RenderError(
            "the namespace of a ServiceAccount among the subjects is not a string",
            subject=str(referrer.id),
            next_step="name a namespace, or leave the field out",
        )
    return set(map(text_of, found))


@dataclass(frozen=True)
class _Fix:
    """The setter for one field of one referrer that refers to objects of kind ``target``."""

    scope: _Scope
    target: Gvk
    path: str

    def __call__(self, node: Node) -> Node:
        if is_null(node):
            return node
        if is_scalar(node):
            return self._scalar(node)
        if isinstance(node, dict):
            self._mapping(node)
            return node
        for index, item in enumerate(node):
            if isinstance(item, dict):
                self._mapping(item)
            elif isinstance(item, list):
                raise RenderError("a reference is neither a name nor a mapping")
            elif not is_null(item):
                node[index] = self._scalar(item)
        return node

    def _scalar(self, node: Node) -> Node:
        name = text_of(node)
        referral = self._referral(name, lambda _: True, lambda known: known.name)
        if referral is None:
            return node
        return node if referral.name == name else retyped(node, referral.name)

    def _mapping(self, node: dict[str, Node]) -> None:
        """A reference with a ``name`` and perhaps a ``namespace``."""
        if "name" not in node:
            raise RenderError("a reference has no name", next_step="correct the name reference")
        name = text_of(node["name"])
        referral = self._referral(
            name, self._in_namespace_of(node), lambda known: (known.name, known.namespace)
        )
        if referral is None:
            return
        if referral.name == name and not referral.namespace:
            return
        node["name"] = retyped(node["name"], referral.name)
        if referral.namespace:
            node["namespace"] = referral.namespace

    def _in_namespace_of(self, node: dict[str, Node]) -> Callable[[Resource], bool]:
        if "namespace" not in node:
            return lambda _: True
        namespace = text_of(node["namespace"])
        if self.scope.has_original_namespace(namespace):
            return lambda known: _original_namespace(known) == namespace
        return lambda known: _present_namespace(known) == namespace

    def _referral(
        self,
        name: str,
        accepts: Callable[[Resource], bool],
        identity: Callable[[Resource], object],
    ) -> Resource | None:
        found = [
            resource
            for resource in self.scope.called(name)
            if accepts(resource)
            and any(known.gvk.is_selected_by(self.target) for known in resource.previous_ids)
            and self._fits_role(resource)
            and self._shares_namespace(resource)
        ]
        if len(found) == 1:
            return found[0]
        found = [known for known in found if _affixes_agree(known, self.scope.referrer, True)]
        if len(found) > 1:
            found = [known for known in found if _affixes_agree(known, self.scope.referrer, False)]
        if not found:
            return None
        if any(identity(known) != identity(found[0]) for known in found[1:]):
            names = ", ".join(str(known.id) for known in found)
            raise RenderError(
                f"{name} could refer to any of {names}",
                subject=str(self.scope.referrer.id),
                next_step="give the resources different names",
            )
        return found[0]

    def _fits_role(self, resource: Resource) -> bool:
        if not self.path.endswith("roleRef/name"):
            return True
        role = self.scope.referrer.body.get("roleRef")
        if not isinstance(role, dict) or "apiGroup" not in role or "kind" not in role:
            return True
        wanted = Gvk(text_of(role["apiGroup"]), "", text_of(role["kind"]))
        return any(known.gvk.is_selected_by(wanted) for known in resource.previous_ids)

    def _shares_namespace(self, resource: Resource) -> bool:
        referrer, known = self.scope.referrer.id, resource.id
        return (
            referrer.is_cluster_scoped
            or known.is_cluster_scoped
            or resource.kind == "ServiceAccount"
            or known.effective_namespace == referrer.effective_namespace
        )


def _original_namespace(resource: Resource) -> str:
    return resource.original_id.effective_namespace


def _present_namespace(resource: Resource) -> str:
    return resource.id.effective_namespace


def _affixes_agree(resource: Resource, referrer: Resource, allow_empty: bool) -> bool:
    """Whether both went through the same prefixes and suffixes, as far as the shorter list goes."""
    for note in (PREFIXES, SUFFIXES):
        one, other = resource.notes(note), referrer.notes(note)
        if allow_empty and not (one and other):
            continue
        if not _same_ending(one, other):
            return False
    return True


def _same_ending(one: list[str], other: list[str]) -> bool:
    length = min(len(one), len(other))
    return one[-length:] == other[-length:] if length else one == other
