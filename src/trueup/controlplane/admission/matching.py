"""Which webhooks and policies a write is shown to, and in which version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from trueup.controlplane.admission.attributes import DELETE, Attributes
from trueup.controlplane.admission.rules import Rule, covers
from trueup.controlplane.registry.selectors import LabelTest, selector_of
from trueup.controlplane.resources import Resource
from trueup.objects import GroupVersionKind, Manifest
from trueup.objects import manifest as manifests


class Surroundings(Protocol):
    """What matching has to know of the server."""

    def namespace(self, name: str) -> Manifest:
        """Raises NotFound."""
        ...

    def equivalents(self, resource: Resource) -> Iterable[Resource]:
        """The same objects in other groups or versions."""
        ...


class Match(NamedTuple):
    """The resource by which a rule covers a write, and the kind that its objects have there."""

    resource: Resource
    kind: GroupVersionKind


@dataclass(frozen=True, slots=True)
class Criteria:
    """``rules`` None: anything. Selectors are None where they select everything."""

    rules: Sequence[Rule] | None
    excluded: Sequence[Rule]
    is_lenient: bool
    in_namespaces: LabelTest | None
    on_objects: LabelTest | None

    @classmethod
    def of_webhook(cls, hook: Mapping[str, Any]) -> Criteria:
        return cls._of(hook, hook.get("rules") or ())

    @classmethod
    def of_policy(cls, resources: Mapping[str, Any]) -> Criteria:
        """Of a ``MatchResources``."""
        return cls._of(
            resources,
            resources.get("resourceRules") or None,
            resources.get("excludeResourceRules") or (),
        )

    @classmethod
    def _of(
        cls, spec: Mapping[str, Any], rules: Sequence[Rule] | None, excluded: Sequence[Rule] = ()
    ) -> Criteria:
        is_lenient = spec.get("matchPolicy") == "Equivalent"
        namespaces, objects = spec.get("namespaceSelector"), spec.get("objectSelector")
        return cls(
            rules,
            excluded,
            is_lenient,
            selector_of(namespaces) if namespaces else None,
            selector_of(objects) if objects else None,
        )


def match(criteria: Criteria, attributes: Attributes, around: Surroundings) -> Match | None:
    """How the write is covered; None if it is not.

    NotFound where a namespace would have to be looked at that does not exist.
    """
    if not _selects_object(criteria.on_objects, attributes):
        return None
    if _covering(criteria.excluded, criteria.is_lenient, attributes, around):
        return None
    found: Match | None = Match(attributes.resource, attributes.kind)
    if criteria.rules is not None:
        found = _covering(criteria.rules, criteria.is_lenient, attributes, around)
    if found is None or not _selects_namespace(criteria.in_namespaces, attributes, around):
        return None
    return found


def _covering(
    rules: Sequence[Rule], is_lenient: bool, attributes: Attributes, around: Surroundings
) -> Match | None:
    resource = attributes.resource
    if any(covers(rule, attributes, resource) for rule in rules):
        return Match(resource, attributes.kind)
    if not is_lenient or not rules:
        return None
    others = [other for other in around.equivalents(resource) if other.gvk != resource.gvk]
    for rule in rules:
        for other in others:
            if covers(rule, attributes, other):
                is_part = attributes.kind != resource.gvk
                return Match(other, attributes.kind if is_part else other.gvk)
    return None


def _selects_object(selects: LabelTest | None, attributes: Attributes) -> bool:
    if selects is None:
        return True
    objects = (attributes.obj, attributes.old)
    return any(obj is not None and selects(manifests.labels(obj)) for obj in objects)


def _selects_namespace(
    selects: LabelTest | None, attributes: Attributes, around: Surroundings
) -> bool:
    is_namespace = attributes.resource.bucket == "/namespaces"
    if selects is None or not (attributes.namespace or is_namespace):
        return True
    if is_namespace and not attributes.call.subresource and attributes.operation != DELETE:
        return selects(manifests.labels(attributes.obj or {}))
    return selects(manifests.labels(around.namespace(attributes.namespace)))
