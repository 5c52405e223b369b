"""The parameters with which a binding has a policy judge a write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.admission.policies import Binding, Policy
from trueup.controlplane.admission.surroundings import World
from trueup.controlplane.registry.selectors import selector_of
from trueup.controlplane.resources import Resource
from trueup.objects import Manifest


class Misconfigured(Exception):
    """The policy cannot be asked; the text says why, as Kubernetes words it."""


def collect_params(
    policy: Policy, binding: Binding, namespace: str, world: World
) -> list[Manifest | None]:
    """One set for each time to ask the policy; None stands for no parameters. Misconfigured."""
    kind, reference = policy.param_kind, binding.param_ref
    if kind is None or reference is None:
        return [None]
    resource = world.resource_of(kind)
    assert resource is not None  # whoever asks has looked
    place = _namespace(resource, reference, namespace)
    found = _find(resource, reference, place, world)
    if not found and reference.get("parameterNotFoundAction") == "Deny":
        raise Misconfigured(
            "no params found for policy binding with `Deny` parameterNotFoundAction"
        )
    return list(found)


def _namespace(resource: Resource, reference: Mapping[str, Any], namespace: str) -> str:
    given = str(reference.get("namespace") or "")
    if not resource.namespaced:
        if given:
            raise Misconfigured(
                "paramRef.namespace must not be provided for a cluster-scoped `paramKind`"
            )
        return ""
    if not given and not namespace:
        raise Misconfigured(
            "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
        )
    return given or namespace


def _find(
    resource: Resource, reference: Mapping[str, Any], namespace: str, world: World
) -> list[Manifest]:
    if reference.get("name"):
        found = world.get(resource.bucket, resource.key(namespace, str(reference["name"])))
        return [found] if found is not None else []
    return world.selected(resource, namespace, selector_of(reference.get("selector")))
