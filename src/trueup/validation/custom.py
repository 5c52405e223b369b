"""Objects of custom kinds against their definition, and definitions against the rules for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trueup.controlplane.defaults.apply import apply_defaults
from trueup.controlplane.resources.custom import custom_resources
from trueup.controlplane.validation.causes import NOWHERE, Cause
from trueup.controlplane.validation.custom.definition import validate_definition
from trueup.controlplane.validation.custom.kind import RULES_SKIPPED, CustomKind
from trueup.errors import BadRequest
from trueup.objects import GroupKind, GroupVersionKind, Manifest
from trueup.objects.manifest import copy
from trueup.validation.problem import Problem, Reason, parse_field

API_VERSION, KIND = "apiextensions.k8s.io/v1", "CustomResourceDefinition"


def is_definition(obj: Mapping[str, Any]) -> bool:
    return obj.get("apiVersion") == API_VERSION and obj.get("kind") == KIND


def defined_kind(definition: Manifest) -> GroupKind:
    """What a definition is about, as far as it says it."""
    spec = definition.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    kind = names.get("kind") if isinstance(names, dict) else None
    return GroupKind(str(spec.get("group") if isinstance(spec, dict) else ""), str(kind))


def kinds_of(definition: Manifest) -> dict[GroupVersionKind, CustomKind]:
    """The kinds that a definition, which has no problems, serves."""
    return {
        GroupVersionKind(found.group, found.version, found.kind): CustomKind(found.custom)
        for found in custom_resources(_completed(definition))
        if found.custom is not None
    }


def definition_problems(definition: Manifest) -> list[Problem]:
    """Why the API server would refuse a definition whose fields are of the right types."""
    try:
        completed = _completed(definition)
    except BadRequest as error:
        return [Problem((), error.cause)]
    return [_problem(cause) for cause in validate_definition(completed)]


def problems(kind: CustomKind, obj: Manifest) -> Iterator[Problem]:
    """What the definition has against ``obj``: schema, unknown fields, rules in CEL."""
    completed = copy(obj)
    for field in kind.complete(completed):
        yield Problem(parse_field(field), "is no field of this kind", Reason.UNKNOWN_FIELD)
    causes = kind.validate_create(completed)
    yield from (_problem(cause) for cause in causes if cause is not RULES_SKIPPED)


def _completed(definition: Manifest) -> Manifest:
    """As the API server reads a new one: with the names that follow from others, without nulls."""
    found: Manifest = copy(definition)
    apply_defaults(found)
    del found["status"]
    return found


def _problem(cause: Cause) -> Problem:
    field = cause["field"]
    return Problem(() if field == NOWHERE else parse_field(field), cause["message"])
