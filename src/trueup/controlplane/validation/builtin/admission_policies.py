"""ValidatingAdmissionPolicy and its binding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from trueup import cel
from trueup.cel import types as t
from trueup.cel.parser import KEYWORDS
from trueup.controlplane.admission.expressions import Scope, Uncompiled, compiled
from trueup.controlplane.admission.policies import types_of
from trueup.controlplane.validation.builtin.admission_rules import (
    FAILURE_POLICIES,
    MATCH_POLICIES,
    choice,
    condition_problems,
    expression,
    rule_problems,
    selectors,
)
from trueup.controlplane.validation.builtin.selectors import selector_problems
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_ACTIONS: Final = ("Audit", "Deny", "Warn")
_REASONS: Final = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_MOST_ANNOTATIONS: Final = 20
_LONGEST_VALUE: Final = 5 * 1024
_IDENTIFIER: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_SILENT: Final = "validations or auditAnnotations must contain at least one item"


def policy(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    yield from choice(spec.get("failurePolicy"), FAILURE_POLICIES, "spec.failurePolicy")
    kind = spec.get("paramKind")
    if kind is not None:
        yield from _param_kind(kind, "spec.paramKind")
    yield from _constraints(spec.get("matchConstraints"))
    conditions, has_params = spec.get("matchConditions") or (), kind is not None
    yield from condition_problems(conditions, "spec.matchConditions", params=has_params)
    variables: dict[str, cel.Program | str] = {}
    yield from _variables(spec.get("variables") or (), variables, has_params=has_params)
    scope = Scope(has_params, variables=types_of(variables) if spec.get("variables") else None)
    yield from _validations(spec, scope)
    yield from _annotations(spec.get("auditAnnotations") or [], obj, scope)


def _constraints(constraints: Manifest | None) -> Iterator[Cause]:
    path = "spec.matchConstraints"
    if constraints is None:
        yield required(path)
        return
    yield from _match_resources(constraints, path)
    if not constraints.get("resourceRules"):
        yield required(child(path, "resourceRules"))


def _match_resources(resources: Manifest, path: str) -> Iterator[Cause]:
    yield from choice(resources.get("matchPolicy"), MATCH_POLICIES, child(path, "matchPolicy"))
    yield from selectors(resources, path)
    for name in ("resourceRules", "excludeResourceRules"):
        for at, rule in enumerate(resources.get(name) or ()):
            place = below(child(path, name), at)
            yield from _names(rule.get("resourceNames") or (), child(place, "resourceNames"))
            yield from rule_problems(rule, place)


def _names(found: Any, path: str) -> Iterator[Cause]:
    for at, name in enumerate(found):
        yield from each(below(path, at), name, _segment_problems(name))
        if name in found[:at]:
            yield duplicate(below(path, at), name)


def _segment_problems(name: str) -> Iterator[str]:
    if name in (".", ".."):
        yield f"may not be '{name}'"
    yield from (f"may not contain '{char}'" for char in "/%" if char in name)


def _param_kind(kind: Manifest, path: str) -> Iterator[Cause]:
    api_version, name = str(kind.get("apiVersion") or ""), str(kind.get("kind") or "")
    place = child(path, "apiVersion")
    if not api_version:
        yield required(place)
    elif api_version.count("/") > 1:
        yield invalid(place, api_version, f"unexpected GroupVersion string: {api_version}")
    else:
        yield from _group_version(api_version, place)
    if not name:
        yield required(child(path, "kind"))
    elif problems := names.dns_1035_label(name.lower()):
        detail = f"may have mixed case, but should otherwise match: {','.join(problems)}"
        yield invalid(child(path, "kind"), name, detail)


def _group_version(api_version: str, path: str) -> Iterator[Cause]:
    group, _, version = api_version.rpartition("/")
    if group and (problems := names.dns_subdomain(group)):
        yield invalid(path, group, ",".join(problems))
    if not version:
        yield invalid(path, api_version, "version must be specified")
    elif problems := names.dns_1035_label(version):
        yield invalid(path, version, ",".join(problems))


def _variables(
    declared: Any, found: dict[str, cel.Program | str], *, has_params: bool
) -> Iterator[Cause]:
    """``found`` comes to hold those that compile, each of which the next may name."""
    for at, variable in enumerate(declared):
        path = below("spec.variables", at)
        name, text = str(variable.get("name") or ""), str(variable.get("expression") or "")
        if not name.strip():
            yield required(child(path, "name"), "name is not specified")
        elif not _IDENTIFIER.fullmatch(name) or name in KEYWORDS:
            yield invalid(child(path, "name"), name, "must be a valid CEL identifier")
        if not text.strip():
            yield required(child(path, "expression"), "expression is not specified")
            continue
        try:
            found[name] = compiled(text, Scope(has_params, variables=types_of(found)))
        except Uncompiled as error:
            found[name] = str(error)
            yield invalid(child(path, "expression"), text, str(error))


def _validations(spec: Manifest, scope: Scope) -> Iterator[Cause]:
    if not spec.get("validations") and not spec.get("auditAnnotations"):
        yield required("spec.validations", _SILENT)
        yield required("spec.auditAnnotations", _SILENT)
    for at, validation in enumerate(spec.get("validations") or ()):
        path = below("spec.validations", at)
        text = str(validation.get("expression") or "")
        if not text.strip():
            yield required(child(path, "expression"), "expression is not specified")
        else:
            yield from expression(text, scope, child(path, "expression"), t.BOOL)
        yield from _message(validation, scope, path)
        yield from choice(validation.get("reason"), _REASONS, child(path, "reason"))


def _message(validation: Manifest, scope: Scope, path: str) -> Iterator[Cause]:
    said, message = validation.get("messageExpression") or "", validation.get("message") or ""
    place = child(path, "messageExpression")
    if said and not said.strip():
        yield invalid(place, said, "must be non-empty if specified")
    elif said:
        yield from expression(said, scope._replace(authorizer=False), place, t.STRING)
    if message and not message.strip():
        yield invalid(child(path, "message"), message, "must be non-empty if specified")
    elif re.search(r"[\n\r]", message.strip()):
        yield invalid(child(path, "message"), message, "must not contain line breaks")


def _annotations(annotations: list[Manifest], obj: Manifest, scope: Scope) -> Iterator[Cause]:
    path, seen = "spec.auditAnnotations", set[str]()
    if len(annotations) > _MOST_ANNOTATIONS:
        detail = f"must not have more than {_MOST_ANNOTATIONS} auditAnnotations"
        yield invalid(path, annotations, detail)
    for at, annotation in enumerate(annotations):
        place, key = below(path, at), str(annotation.get("key") or "")
        full = f"{obj['metadata'].get('name') or ''}/{key}"
        yield from each(child(place, "key"), full, names.qualified_name(full))
        yield from _value(annotation, scope, child(place, "valueExpression"))
        if key in seen:
            yield duplicate(child(place, "key"), key)
        seen.add(key)


def _value(annotation: Manifest, scope: Scope, path: str) -> Iterator[Cause]:
    text = str(annotation.get("valueExpression") or "").strip()
    if not text:
        yield required(path, "valueExpression is not specified")
    elif len(text.encode()) > _LONGEST_VALUE:
        yield required(path, f"must not exceed {_LONGEST_VALUE} bytes in length")
    else:
        yield from expression(text, scope, path, t.STRING, t.NULL)


def binding(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    name = str(spec.get("policyName") or "")
    if not name:
        yield required("spec.policyName")
    else:
        yield from each("spec.policyName", name, names.dns_subdomain(name))
    if spec.get("paramRef") is not None:
        yield from _param_ref(spec["paramRef"], "spec.paramRef")
    if spec.get("matchResources") is not None:
        yield from _match_resources(spec["matchResources"], "spec.matchResources")
    yield from _actions(spec.get("validationActions") or [], "spec.validationActions")


def _param_ref(reference: Manifest, path: str) -> Iterator[Cause]:
    name, selector = str(reference.get("name") or ""), reference.get("selector")
    exclusive = "name and selector are mutually exclusive"
    if name:
        yield from each(child(path, "name"), name, _segment_problems(name))
        if selector is not None:
            yield forbidden(child(path, "name"), exclusive)
    if selector is not None:
        yield from selector_problems(selector, child(path, "selector"))
        if name:
            yield forbidden(child(path, "selector"), exclusive)
    if not name and selector is None:
        yield required(path, "one of name or selector must be specified")
    action = reference.get("parameterNotFoundAction")
    if not action:
        yield required(child(path, "parameterNotFoundAction"))
    elif action not in ("Deny", "Allow"):
        yield unsupported(child(path, "parameterNotFoundAction"), action, ("Deny", "Allow"))


def _actions(actions: list[str], path: str) -> Iterator[Cause]:
    for at, action in enumerate(actions):
        yield from choice(action, _ACTIONS, below(path, at))
        if action in actions[:at]:
            yield duplicate(below(path, at), action)
    if {"Deny", "Warn"} <= set(actions):
        detail = (
            "must not contain both Deny and Warn (repeating the same validation failure"
            " information in the API response and headers serves no purpose)"
        )
        yield invalid(path, actions, detail)
    if not actions:
        yield required(path, "at least one validation action is required")
