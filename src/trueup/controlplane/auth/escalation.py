"""Nobody grants by a role, or by a binding to one, what they may not do themselves.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import orjson

from trueup.controlplane.auth.rbac import Rule


class _Permission(NamedTuple):
    """The smallest part of a rule; ``name`` empty: all names. For paths ``group`` is None."""

    verb: str
    group: str | None
    resource: str
    name: str


def not_held(wanted: Iterable[Rule], held: Sequence[Rule]) -> list[str]:
    """What ``wanted`` gives and ``held`` does not, as the refusal lists it."""
    missing: dict[tuple[str | None, str, str], list[str]] = {}
    for rule in wanted:
        for part in _parts(rule):
            if not any(_covers(other, part) for other in held):
                verbs = missing.setdefault((part.group, part.resource, part.name), [])
                if part.verb not in verbs:
                    verbs.append(part.verb)
    return [_text(*key, verbs) for key, verbs in missing.items()]


def _parts(rule: Rule) -> Iterator[_Permission]:
    verbs, names = rule.get("verbs") or (), rule.get("resourceNames") or ("",)
    for verb, group, resource, name in product(
        verbs, rule.get("apiGroups") or (), rule.get("resources") or (), names
    ):
        yield _Permission(verb, group, resource, name)
    for verb, url in product(verbs, rule.get("nonResourceURLs") or ()):
        yield _Permission(verb, None, url, "")


def _covers(rule: Rule, part: _Permission) -> bool:
    if not _has(rule, "verbs", part.verb):
        return False
    if part.group is None:
        return any(_covers_path(url, part.resource) for url in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames") or ()
    named = not names or (bool(part.name) and part.name in names)
    return named and _has(rule, "apiGroups", part.group) and _covers_resource(rule, part.resource)


def _covers_resource(rule: Rule, resource: str) -> bool:
    if _has(rule, "resources", resource):
        return True
    _, slash, subresource = resource.partition("/")
    return bool(slash) and f"*/{subresource}" in (rule.get("resources") or ())


def _covers_path(pattern: str, path: str) -> bool:
    if pattern in ("*", path):
        return True
    return pattern.endswith("*") and path.rstrip("*").startswith(pattern.rstrip("*"))


def _has(rule: Rule, field: str, value: str) -> bool:
    values = rule.get(field) or ()
    return "*" in values or value in values


def _text(group: str | None, resource: str, name: str, verbs: list[str]) -> str:
    if group is None:
        parts = [("NonResourceURLs", [resource])]
    else:
        parts = [("APIGroups", [group]), ("Resources", [resource])]
    if name:
        parts.append(("ResourceNames", [name]))
    parts.append(("Verbs", verbs))
    return "{" + ", ".join(f"{field}:{_list(values)}" for field, values in parts) + "}"


def _list(values: list[str]) -> str:
    return "[" + ", ".join(orjson.dumps(value).decode() for value in values) + "]"
