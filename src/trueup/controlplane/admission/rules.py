"""Whether a rule of a webhook or policy is about a write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.resources import Resource

Rule: TypeAlias = Mapping[str, Any]
"""A ``RuleWithOperations``; that of a policy may name objects in ``resourceNames``."""


def covers(rule: Rule, attributes: Attributes, resource: Resource) -> bool:
    """``resource`` is the write's own, or another version of it."""
    return (
        _covers_scope(rule.get("scope") or "*", attributes, resource)
        and _holds(rule.get("operations"), attributes.operation)
        and _holds(rule.get("apiGroups"), resource.group)
        and _holds(rule.get("apiVersions"), resource.version)
        and any(
            _covers_resource(wanted, resource.plural, attributes.call.subresource)
            for wanted in rule.get("resources") or ()
        )
        and _covers_name(rule, attributes.name)
    )


def _holds(values: Collection[str] | None, value: str) -> bool:
    return values is not None and ("*" in values or value in values)


def _covers_scope(scope: str, attributes: Attributes, resource: Resource) -> bool:
    """Namespaces themselves count as of the cluster."""
    if scope == "*":
        return True
    is_cluster = resource.bucket == "/namespaces" or not attributes.namespace
    return is_cluster == (scope == "Cluster")


def _covers_resource(wanted: str, plural: str, subresource: str) -> bool:
    resource, _, part = wanted.partition("/")
    return resource in ("*", plural) and part in ("*", subresource)


def _covers_name(rule: Rule, name: str) -> bool:
    names = rule.get("resourceNames")
    return not names or name in names
