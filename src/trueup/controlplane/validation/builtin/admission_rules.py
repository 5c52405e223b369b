"""Rules of webhooks and policies: which writes they cover, and under which conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from trueup.cel import types as t
from trueup.cel.types import Type
from trueup.controlplane.admission.expressions import Scope, Uncompiled, compiled
from trueup.controlplane.validation.builtin.selectors import selector_problems
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    invalid,
    required,
    too_many,
    unsupported,
)
from trueup.objects import Manifest, names

FAILURE_POLICIES: Final = ("Fail", "Ignore")
MATCH_POLICIES: Final = ("Equivalent", "Exact")
_OPERATIONS: Final = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES: Final = ("*", "Cluster", "Namespaced")
_MOST_CONDITIONS: Final = 64


def choice(value: Any, values: Sequence[str], path: str) -> Iterator[Cause]:
    """``value`` is one of ``values``, or not given."""
    if value is not None and value not in values:
        yield unsupported(path, value, values)


def selectors(spec: Manifest, path: str) -> Iterator[Cause]:
    for name in ("namespaceSelector", "objectSelector"):
        yield from selector_problems(spec.get(name) or {}, child(path, name))


def rule_problems(rule: Manifest, path: str) -> Iterator[Cause]:
    operations = rule.get("operations") or []
    place = child(path, "operations")
    if not operations:
        yield required(place)
    yield from _alone(operations, place, "operations")
    for at, operation in enumerate(operations):
        yield from choice(operation, _OPERATIONS, below(place, at))
    yield from _group_problems(rule, path)
    yield from _resource_problems(rule.get("resources") or [], child(path, "resources"))
    yield from choice(rule.get("scope"), _SCOPES, child(path, "scope"))


def _alone(values: list[str], path: str, what: str) -> Iterator[Cause]:
    """A star stands for all, and so by itself."""
    if len(values) > 1 and "*" in values:
        yield invalid(path, values, f"if '*' is present, must not specify other {what}")


def _group_problems(rule: Manifest, path: str) -> Iterator[Cause]:
    groups, versions = rule.get("apiGroups") or [], rule.get("apiVersions") or []
    if not groups:
        yield required(child(path, "apiGroups"))
    yield from _alone(groups, child(path, "apiGroups"), "API groups")
    if not versions:
        yield required(child(path, "apiVersions"))
    yield from _alone(versions, child(path, "apiVersions"), "API versions")
    for at, version in enumerate(versions):
        if not version:
            yield required(below(child(path, "apiVersions"), at))


def _resource_problems(resources: list[str], path: str) -> Iterator[Cause]:
    if not resources:
        yield required(path)
    all_parts: set[str] = set()
    """Resources of which every subresource has been named, and subresources of any resource."""
    any_resource: set[str] = set()
    for at, text in enumerate(resources):
        resource, slash, part = text.partition("/")
        place = below(path, at)
        if not text:
            yield required(place)
        elif slash:
            if resource in all_parts:
                detail = f"if '{resource}/*' is present, must not specify {text}"
                yield invalid(place, text, detail)
            if part in any_resource:
                yield invalid(place, text, f"if '*/{part}' is present, must not specify {text}")
            all_parts |= {resource} if part == "*" else set()
            any_resource |= {part} if resource == "*" else set()
    if len(resources) > 1 and "*/*" in resources:
        detail = "if '*/*' is present, must not specify other resources"
        yield invalid(path, resources, detail)
    whole = [text for text in resources if text and "/" not in text]
    if "*" in resources and whole and whole[-1] != "*":
        detail = "if '*' is present, must not specify other resources without subresources"
        yield invalid(path, resources, detail)


def condition_problems(
    conditions: Sequence[Manifest], path: str, *, params: bool = False
) -> Iterator[Cause]:
    """``matchConditions``, which may name ``params`` where a policy has some."""
    if len(conditions) > _MOST_CONDITIONS:
        yield too_many(path, len(conditions), _MOST_CONDITIONS)
    seen: set[str] = set()
    for at, condition in enumerate(conditions):
        place, name = below(path, at), str(condition.get("name") or "")
        text = str(condition.get("expression") or "").strip()
        if not text:
            yield required(child(place, "expression"))
        else:
            yield from expression(text, Scope(params), child(place, "expression"), t.BOOL)
        if not name:
            yield required(child(place, "name"))
            continue
        yield from each(child(place, "name"), name, names.qualified_name(name))
        if name in seen:
            yield duplicate(child(place, "name"), name)
        seen.add(name)


def expression(text: str, scope: Scope, path: str, *results: Type) -> Iterator[Cause]:
    """What keeps an expression from compiling."""
    try:
        compiled(text, scope, *results)
    except Uncompiled as error:
        yield invalid(path, text, str(error))
