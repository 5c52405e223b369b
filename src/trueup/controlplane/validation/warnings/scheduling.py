"""Where pods are wished to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.objects import Manifest, names

_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_NO_SELECTOR = "a null labelSelector results in matching no pod"


def scheduling_warnings(path: str, spec: Manifest) -> Iterator[str]:
    for key in spec.get("nodeSelector") or ():
        if key in _LABELS:
            yield f"{path}.nodeSelector[{key}]: {_LABELS[key]}"
    affinity = spec.get("affinity") or {}
    yield from _node_affinity(f"{path}.affinity.nodeAffinity", affinity.get("nodeAffinity") or {})
    yield from _spread(f"{path}.topologySpreadConstraints", spec)
    for name in ("podAffinity", "podAntiAffinity"):
        yield from _pod_affinity(f"{path}.affinity.{name}", affinity.get(name) or {})


def _node_affinity(path: str, affinity: Manifest) -> Iterator[str]:
    terms = (affinity.get(_REQUIRED) or {}).get("nodeSelectorTerms") or ()
    for at, term in enumerate(terms):
        yield from _term(f"{path}.{_REQUIRED}.nodeSelectorTerms[{at}]", term, is_preferred=False)
    for at, weighted in enumerate(affinity.get(_PREFERRED) or ()):
        place = f"{path}.{_PREFERRED}[{at}].preference"
        yield from _term(place, weighted.get("preference") or {}, is_preferred=True)


def _term(path: str, term: Manifest, *, is_preferred: bool) -> Iterator[str]:
    for at, expression in enumerate(term.get("matchExpressions") or ()):
        key, place = expression.get("key"), f"{path}.matchExpressions[{at}]"
        if key in _LABELS:
            yield f"{place}.key: {key} is {_LABELS[key]}"
        for which, value in enumerate(expression.get("values") or () if is_preferred else ()):
            for wrong in names.label_value(value):
                yield f"{place}.values[{which}]: {value} is invalid, {wrong}"


def _spread(path: str, spec: Manifest) -> Iterator[str]:
    for at, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        key = constraint.get("topologyKey")
        if key in _LABELS:
            yield f"{path}[{at}].topologyKey: {key} is {_LABELS[key]}"
        yield from _selector(f"{path}[{at}]", constraint)


def _pod_affinity(path: str, affinity: Manifest) -> Iterator[str]:
    for at, term in enumerate(affinity.get(_REQUIRED) or ()):
        yield from _selector(f"{path}.{_REQUIRED}[{at}]", term)
    for at, weighted in enumerate(affinity.get(_PREFERRED) or ()):
        place = f"{path}.{_PREFERRED}[{at}].podAffinityTerm"
        yield from _selector(place, weighted.get("podAffinityTerm") or {})


def _selector(path: str, holder: Any) -> Iterator[str]:
    if holder.get("labelSelector") is None:
        yield f"{path}.labelSelector: {_NO_SELECTOR}"
