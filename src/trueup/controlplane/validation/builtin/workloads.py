"""Deployments, replica sets, daemon sets, stateful sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.builtin import selectors
from trueup.controlplane.validation.builtin.paths import NOT_NEGATIVE, not_negative
from trueup.controlplane.validation.builtin.pods import template_problems
from trueup.controlplane.validation.builtin.storage import claim_spec
from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    each,
    forbidden,
    immutable,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_COUNTS = ("spec.replicas", "spec.minReadySeconds", "spec.revisionHistoryLimit")


def deployment(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    yield from not_negative(obj, (*_COUNTS, "spec.progressDeadlineSeconds"))
    yield from _selected(spec, "deployment", "ReplicaSet")
    yield from _strategy(spec.get("strategy") or {}, "spec.strategy")
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= (spec.get("minReadySeconds") or 0):
        detail = "must be greater than minReadySeconds"
        yield invalid("spec.progressDeadlineSeconds", deadline, detail)


def replica_set(obj: Manifest) -> Iterator[Cause]:
    yield from not_negative(obj, _COUNTS[:2])
    yield from _selected(obj["spec"], "deployment", "ReplicaSet")


def daemon_set(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    yield from not_negative(obj, _COUNTS[1:])
    yield from _selected(spec, "daemonset", "DaemonSet")
    strategy = spec.get("updateStrategy") or {}
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind not in {None, "RollingUpdate", "OnDelete"}:
        values, fields = ("RollingUpdate", "OnDelete"), ("maxUnavailable", "maxSurge")
        yield unsupported("spec.updateStrategy", _shown(kind, rolling, fields), values)
    elif kind != "OnDelete":
        yield from _rolling_daemons(rolling or {}, "spec.updateStrategy.rollingUpdate")


def _rolling_daemons(rolling: Manifest, path: str) -> Iterator[Cause]:
    """Either more than there should be, for a while, or fewer."""
    found = {
        "maxUnavailable": rolling.get("maxUnavailable", 1),
        "maxSurge": rolling.get("maxSurge", 0),
    }
    for check in (count_or_percent, at_most_all):
        for name, value in found.items():
            yield from check(value, child(path, name))
    fewer, more = (_count(value) != 0 for value in found.values())
    if fewer and more:
        detail = "may not be set when maxUnavailable is non-zero"
        yield invalid(child(path, "maxSurge"), found["maxSurge"], detail)
    elif not (fewer or more):
        yield required(child(path, "maxUnavailable"), "cannot be 0 when maxSurge is 0")


def stateful_set(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    management = spec.get("podManagementPolicy")
    if management not in {None, "OrderedReady", "Parallel"}:
        detail = "must be 'OrderedReady' or 'Parallel'"
        yield invalid("spec.podManagementPolicy", management, detail)
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") not in {None, "RollingUpdate", "OnDelete"}:
        fields = ("partition", "maxUnavailable")
        shown = _shown(strategy["type"], strategy.get("rollingUpdate"), fields)
        yield invalid("spec.updateStrategy", shown, "must be 'RollingUpdate' or 'OnDelete'")
    partition = "spec.updateStrategy.rollingUpdate.partition"
    yield from not_negative(obj, (*_COUNTS[:2], partition, "spec.ordinals.start"))
    name = str(spec.get("serviceName") or "")
    yield from each("spec.serviceName", name, names.dns_label(name) if name else [])
    yield from _selected(spec, "statefulset", "StatefulSet")


def _shown(kind: str, rolling: Manifest | None, fields: tuple[str, ...]) -> Struct:
    """A strategy as the API server's own type of it is written."""
    names = {name: name[0].upper() + name[1:] for name in fields}
    inner = None if rolling is None else Struct({names[f]: rolling.get(f) for f in fields})
    return Struct({"Type": kind, "RollingUpdate": inner})


def selector_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    mine, was = new["spec"].get("selector"), old["spec"].get("selector")
    if mine != was:
        yield from immutable("spec.selector", None if mine is None else selectors.shown(mine), was)


def stateful_set_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    yield from selector_changes(new, old)
    for name in ("volumeClaimTemplates", "serviceName", "podManagementPolicy"):
        mine, was = new["spec"].get(name), old["spec"].get(name)
        yield from immutable(f"spec.{name}", _identity(mine), _identity(was))


def _identity(value: Any) -> Any:
    """Claims without the status that the server adds."""
    if not isinstance(value, list):
        return value
    return [{k: v for k, v in one.items() if k != "status"} for one in value]


def _selected(spec: Manifest, noun: str, kind: str) -> Iterator[Cause]:
    """The selector is there, well-formed, and selects the pods of the template."""
    selector, template = spec.get("selector"), spec.get("template") or {}
    if selector is None:
        # The API server takes a missing selector of a daemon set for one that matches nothing.
        yield from () if kind == "DaemonSet" else (required("spec.selector"),)
    else:
        yield from selectors.selector_problems(selector, "spec.selector")
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            shown = selectors.shown(selector)
            yield invalid("spec.selector", shown, f"empty selector is invalid for {noun}")
    is_usable = selector is None or selectors.is_usable(selector)
    if selector is not None and not is_usable and kind != "DaemonSet":
        detail = "" if kind == "StatefulSet" else "invalid label selector"
        yield invalid("spec.selector", selectors.shown(selector), detail)
        return
    labels = (template.get("metadata") or {}).get("labels") or {}
    if selector is None or (is_usable and not selectors.matches(selector, labels)):
        detail = "`selector` does not match template `labels`"
        yield invalid("spec.template.metadata.labels", labels or None, detail)
    yield from _template(spec, kind)


def _template(spec: Manifest, kind: str) -> Iterator[Cause]:
    template = spec.get("template") or {}
    claims = spec.get("volumeClaimTemplates") or ()
    added = tuple(str((claim.get("metadata") or {}).get("name")) for claim in claims)
    for at, claim in enumerate(claims):
        place = child(below("spec.volumeClaimTemplates", at), "spec")
        yield from claim_spec(claim.get("spec") or {}, place)
    yield from template_problems(template, "spec.template", claims=added)
    pod = template.get("spec") or {}
    policy = pod.get("restartPolicy", "Always")
    if policy != "Always":
        yield unsupported("spec.template.spec.restartPolicy", policy, ("Always",))
    if pod.get("activeDeadlineSeconds") is not None:
        detail = f"activeDeadlineSeconds in {kind} is not Supported"
        yield forbidden("spec.template.spec.activeDeadlineSeconds", detail)


def _strategy(strategy: Manifest, path: str) -> Iterator[Cause]:
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    place = child(path, "rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            detail = "may not be specified when strategy `type` is 'Recreate'"
            yield forbidden(place, detail)
    elif kind in {"RollingUpdate", None}:
        yield from _rolling(rolling or {}, place)
    else:
        yield unsupported(
            path,
            _shown(kind, rolling, ("maxUnavailable", "maxSurge")),
            ("Recreate", "RollingUpdate"),
        )


def _rolling(rolling: Manifest, path: str) -> Iterator[Cause]:
    surge, unavailable = rolling.get("maxSurge", "25%"), rolling.get("maxUnavailable", "25%")
    for name, value in (("maxUnavailable", unavailable), ("maxSurge", surge)):
        yield from count_or_percent(value, child(path, name))
    if _count(surge) == 0 and _count(unavailable) == 0:
        detail = "may not be 0 when `maxSurge` is 0"
        yield invalid(child(path, "maxUnavailable"), unavailable, detail)
    yield from at_most_all(unavailable, child(path, "maxUnavailable"))


def count_or_percent(value: Any, path: str) -> Iterator[Cause]:
    """A number from zero on, or a percentage."""
    if isinstance(value, int):
        if value < 0:
            yield invalid(path, value, NOT_NEGATIVE)
    else:
        yield from each(path, value, names.percent(str(value)))


def at_most_all(value: Any, path: str) -> Iterator[Cause]:
    if isinstance(value, str) and not names.percent(value) and int(value[:-1]) > 100:
        yield invalid(path, value, "must not be greater than 100%")


def _count(value: Any) -> int:
    if isinstance(value, int):
        return value
    return int(value[:-1]) if not names.percent(str(value)) else 0
