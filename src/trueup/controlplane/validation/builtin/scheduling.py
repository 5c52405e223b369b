"""Where a pod may run: tolerations, affinity, spreading."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.selectors import selector_problems
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    each,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_UNSATISFIABLE = ("DoNotSchedule", "ScheduleAnyway")


def scheduling_problems(spec: Manifest, path: str) -> Iterator[Cause]:
    for at, toleration in enumerate(spec.get("tolerations") or ()):
        yield from _toleration(toleration, below(child(path, "tolerations"), at))
    affinity, place = spec.get("affinity") or {}, child(path, "affinity")
    yield from _node_affinity(affinity.get("nodeAffinity") or {}, child(place, "nodeAffinity"))
    for kind in ("podAffinity", "podAntiAffinity"):
        yield from _pod_affinity(affinity.get(kind) or {}, child(place, kind))
    for at, spread in enumerate(spec.get("topologySpreadConstraints") or ()):
        yield from _spread(spread, below(child(path, "topologySpreadConstraints"), at))


def _toleration(toleration: Manifest, path: str) -> Iterator[Cause]:
    key, operator = str(toleration.get("key") or ""), toleration.get("operator") or ""
    if key:
        yield from each(child(path, "key"), key, names.qualified_name(key))
    elif operator != "Exists":
        detail = (
            "operator must be Exists when `key` is empty, which means"
            ' "match all values and all keys"'
        )
        yield invalid(child(path, "operator"), operator, detail)
    value, effect = str(toleration.get("value") or ""), toleration.get("effect") or ""
    place = child(path, "operator")
    if operator == "Exists" and value:
        yield invalid(place, value, "value must be empty when `operator` is 'Exists'")
    elif operator in {"", "Equal"}:
        yield from each(place, value, names.label_value(value))
    elif operator not in {"Exists", "Lt", "Gt"}:
        yield unsupported(place, operator, ("Equal", "Exists"))
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        yield invalid(child(path, "effect"), effect, detail)
    if effect and effect not in _EFFECTS:
        yield unsupported(child(path, "effect"), effect, _EFFECTS)


def _node_affinity(affinity: Manifest, path: str) -> Iterator[Cause]:
    wanted = affinity.get(_REQUIRED)
    if wanted is not None:
        terms, place = wanted.get("nodeSelectorTerms") or [], child(path, _REQUIRED)
        if not terms:
            detail = "must have at least one node selector term"
            yield required(child(place, "nodeSelectorTerms"), detail)
        for at, term in enumerate(terms):
            yield from _term(term, below(child(place, "nodeSelectorTerms"), at))
    for at, preferred in enumerate(affinity.get(_PREFERRED) or ()):
        place = below(child(path, _PREFERRED), at)
        yield from _weight(preferred, place)
        yield from _term(preferred.get("preference") or {}, child(place, "preference"))


def _term(term: Manifest, path: str) -> Iterator[Cause]:
    for at, requirement in enumerate(term.get("matchExpressions") or ()):
        place, operator = below(child(path, "matchExpressions"), at), requirement.get("operator")
        values, key = requirement.get("values") or [], str(requirement.get("key") or "")
        if operator in {"Gt", "Lt"}:
            if len(values) != 1:
                detail = "must be specified single value when `operator` is 'Lt' or 'Gt'"
                yield required(child(place, "values"), detail)
            yield from each(child(place, "key"), key, names.qualified_name(key))
        else:
            yield from _requirement(requirement, place)


def _requirement(requirement: Manifest, path: str) -> Iterator[Cause]:
    """As in label selectors, at the place of a term."""
    prefix = "matchExpressions[0]"
    for cause in selector_problems({"matchExpressions": [requirement]}, ""):
        yield {**cause, "field": path + cause["field"].removeprefix(prefix)}


def _weight(preferred: Manifest, path: str) -> Iterator[Cause]:
    weight = preferred.get("weight") or 0
    if not 1 <= weight <= 100:
        yield invalid(child(path, "weight"), weight, "must be in the range 1-100")


def _pod_affinity(affinity: Manifest, path: str) -> Iterator[Cause]:
    for at, term in enumerate(affinity.get(_REQUIRED) or ()):
        yield from _pod_term(term, below(child(path, _REQUIRED), at))
    for at, preferred in enumerate(affinity.get(_PREFERRED) or ()):
        place = below(child(path, _PREFERRED), at)
        yield from _weight(preferred, place)
        yield from _pod_term(
            preferred.get("podAffinityTerm") or {}, child(place, "podAffinityTerm")
        )


def _pod_term(term: Manifest, path: str) -> Iterator[Cause]:
    key = str(term.get("topologyKey") or "")
    for name in ("labelSelector", "namespaceSelector"):
        yield from selector_problems(term.get(name) or {}, child(path, name))
    if not key:
        yield required(child(path, "topologyKey"), "can not be empty")
    yield from each(child(path, "topologyKey"), key, names.qualified_name(key))


def _spread(spread: Manifest, path: str) -> Iterator[Cause]:
    skew, choice = spread.get("maxSkew") or 0, spread.get("whenUnsatisfiable") or ""
    if skew <= 0:
        yield invalid(child(path, "maxSkew"), skew, "must be greater than zero")
    if not spread.get("topologyKey"):
        yield required(child(path, "topologyKey"), "can not be empty")
    if choice not in _UNSATISFIABLE:
        yield unsupported(child(path, "whenUnsatisfiable"), choice, _UNSATISFIABLE)
    yield from selector_problems(spread.get("labelSelector") or {}, child(path, "labelSelector"))
