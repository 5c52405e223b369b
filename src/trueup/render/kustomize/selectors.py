"""Which resources a target means: expressions for the id, selectors for labels and annotations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from trueup.errors import RenderError
from trueup.render.kustomize.identity import Gvk, ResId
from trueup.render.kustomize.kustomization import Selector
from trueup.render.kustomize.regex import full_match
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import Resource

Texts = Mapping[str, str]


def select(resources: ResMap, selector: Selector) -> list[Resource]:
    """The resources that ``selector`` means, by their original or their present names."""
    return [resource for resource in resources if _is_selected(resource, selector)]


def _is_selected(resource: Resource, selector: Selector) -> bool:
    now, original = resource.id, resource.original_id
    return (
        (
            matches(selector.namespace, original.effective_namespace)
            or matches(selector.namespace, now.effective_namespace)
        )
        and (matches(selector.name, original.name) or matches(selector.name, now.name))
        and matches_gvk(selector, now.gvk)
        and matches_metadata(selector, resource)
    )


def matches(pattern: str, text: str) -> bool:
    """Whether all of ``text`` matches; an empty pattern matches anything."""
    return not pattern or full_match(pattern).found_in(text)


def matches_gvk(selector: Selector, gvk: Gvk) -> bool:
    return (
        matches(selector.kind, gvk.kind)
        and matches(selector.group, gvk.group)
        and matches(selector.version, gvk.version)
    )


def matches_id(selector: Selector, known: ResId) -> bool:
    """As for targets of replacements, which look at the plain namespace."""
    return (
        matches_gvk(selector, known.gvk)
        and matches(selector.name, known.name)
        and matches(selector.namespace, known.namespace)
    )


def matches_metadata(selector: Selector, resource: Resource) -> bool:
    labels, annotations = selector.label_selector, selector.annotation_selector
    return (not labels or parse_selector(labels)(resource.labels)) and (
        not annotations or parse_selector(annotations)(resource.annotations)
    )


_KEY = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_REQUIREMENT = re.compile(
    rf"""\s*(?:
        !\s*(?P<absent>{_KEY})
        | (?P<key>{_KEY})\s*(?:
            (?P<operator>==|=|!=|>|<)\s*(?P<value>{_VALUE})
            | \s(?P<set>in|notin)\s*\(\s*(?P<values>[^()]*?)\s*\)
        )?
    )\s*(?P<end>,|$)""",
    re.VERBOSE | re.ASCII,
)
_SET_VALUE = re.compile(_VALUE, re.ASCII)


@lru_cache(maxsize=512)
def parse_selector(text: str) -> Callable[[Texts], bool]:
    """A label selector (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/)
    as a predicate; RenderError if it is none."""
    requirements: list[Callable[[Texts], bool]] = []
    position = 0
    while position < len(text) or (text.endswith(",") and position == len(text)):
        found = _REQUIREMENT.match(text, position)
        if found is None:
            raise RenderError(
                f"invalid label selector {text!r}", next_step="write it as key=value, key in (a,b)"
            )
        requirements.append(_requirement(found))
        position = found.end()
        if not found["end"]:
            break
    return lambda texts: all(holds(texts) for holds in requirements)


def _requirement(found: re.Match[str]) -> Callable[[Texts], bool]:
    key, operator = found["key"], found["operator"] or found["set"]
    if found["absent"]:
        return lambda texts: found["absent"] not in texts
    if operator is None:
        return lambda texts: key in texts
    if operator in ("<", ">"):
        return _comparison(key, operator, found["value"])
    wanted = {found["value"]} if found["operator"] else _set_values(found["values"])
    if operator in ("!=", "notin"):
        return lambda texts: texts.get(key) not in wanted
    return lambda texts: texts.get(key) in wanted


def _set_values(text: str) -> set[str]:
    values = {value.strip() for value in text.split(",")}
    if not all(_SET_VALUE.fullmatch(value) for value in values):
        raise RenderError(f"invalid values ({text}) in a label selector")
    return values


def _comparison(key: str, operator: str, value: str) -> Callable[[Texts], bool]:
    try:
        limit = int(value)
    except ValueError as error:
        raise RenderError(f"{value!r} in a label selector is not a number") from error

    def holds(texts: Texts) -> bool:
        try:
            number = int(texts[key])
        except (KeyError, ValueError):
            return False
        return number < limit if operator == "<" else number > limit

    return holds
