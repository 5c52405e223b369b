"""What a look at an object leads to: a list of writes, and when to look again.

Decisions are pure functions that return an Outcome; ``Actor`` carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from trueup.merge.jsonmerge import patch_between
from trueup.objects import Manifest


@dataclass(frozen=True, slots=True)
class Tell:
    """An Event about an object. ``{name}`` in the message stands for what was just created."""

    about: Mapping[str, Any]
    reason: str
    message: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Create:
    """``then`` is told once the object is there."""

    object: Manifest
    then: Tell | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A merge patch on an object or its subresource, unless another object has its name now."""

    object: Mapping[str, Any]
    patch: Manifest
    subresource: str = ""
    then: Tell | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """``grace`` in seconds; None leaves it to the object."""

    object: Mapping[str, Any]
    grace: int | None = None
    then: Tell | None = None


@dataclass(frozen=True, slots=True)
class Bind:
    """Gives a pod its node."""

    pod: Mapping[str, Any]
    node: str


Action: TypeAlias = Create | Change | Delete | Bind | Tell


@dataclass(frozen=True, slots=True)
class Outcome:
    """Actions in their order; ``again``: seconds until time alone can change the decision."""

    actions: Sequence[Action] = field(default_factory=list)
    again: float | None = None


def status_change(
    obj: Mapping[str, Any], status: Manifest, annotations: Mapping[str, str] | None = None
) -> list[Action]:
    """The write that makes the status ``status``; none if it is that already.

    ``annotations`` are set in the same write, where the kind allows that.
    """
    before = obj.get("status") or {}
    patch: Manifest = {}
    if changed := patch_between(before, status):
        patch["status"] = changed
    if new := _new_annotations(obj, annotations or {}):
        patch["metadata"] = {"annotations": new}
    return [Change(obj, patch, "status")] if patch else []


def _new_annotations(obj: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, str]:
    present = obj["metadata"].get("annotations") or {}
    return {key: value for key, value in wanted.items() if present.get(key) != value}


def soonest(*times: float | None) -> float | None:
    """The earliest of several times to look again."""
    return min((time for time in times if time is not None), default=None)
