"""Whose is a child: what an owner has, takes in and lets go, by its selector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueup.controlplane.simulation.outcome import Action, Change
from trueup.controlplane.simulation.reading import is_deleting, owner_reference
from trueup.controlplane.simulation.selectors import selects
from trueup.controlplane.simulation.world import World
from trueup.objects import GroupVersionKind, Manifest


@dataclass(frozen=True, slots=True)
class Claim:
    """``children`` belong to the owner, once ``actions`` are done."""

    children: Sequence[Manifest]
    actions: Sequence[Action]


def claim(
    owner: Mapping[str, Any], owned: Iterable[Manifest], orphans: Iterable[Manifest]
) -> Claim:
    """Orphans that the selector matches are adopted; children that it no longer matches, released."""
    children: list[Manifest] = []
    actions: list[Action] = []
    selector = owner["spec"].get("selector")
    for child in owned:
        if selects(selector, child["metadata"].get("labels") or {}):
            children.append(child)
        elif not is_deleting(owner):
            actions.append(_owners(child, _others(child, owner)))
    if is_deleting(owner):
        return Claim(children, actions)
    for orphan in orphans:
        if not is_deleting(orphan) and selects(selector, orphan["metadata"].get("labels") or {}):
            children.append(orphan)
            references = [*_others(orphan, owner), owner_reference(owner)]
            actions.append(_owners(orphan, references))
    return Claim(children, actions)


def claimed(world: World, owner: Manifest, gvk: GroupVersionKind) -> Claim:
    """The children of a kind that ``owner`` has or can have."""
    metadata = owner["metadata"]
    orphans = world.orphans(gvk, metadata["namespace"])
    return claim(owner, world.owned(gvk, metadata["uid"]), orphans)


def _others(child: Mapping[str, Any], owner: Mapping[str, Any]) -> list[Manifest]:
    references = child["metadata"].get("ownerReferences") or ()
    return [r for r in references if r["uid"] != owner["metadata"]["uid"]]


def _owners(child: Mapping[str, Any], references: list[Manifest]) -> Change:
    return Change(child, {"metadata": {"ownerReferences": references or None}})
