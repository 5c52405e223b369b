"""What to delete, and what to leave although it is no longer wanted.

Prune deletes only what the inventory names and the complete rendering left out; whether the live
object still is ours is checked once more, against the object itself, when it is deleted
(``why_kept``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueup.flow import Controls, Write
from trueup.objects import ObjectRef
from trueup.objects.manifest import labels as labels_of
from trueup.plan.order import apply_order

LARGE_INVENTORY = 20
"""From this many objects on, a rendering that drops more than half of them is held."""

HELD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class PrunePlan:
    """``delete`` in the order of deletion; ``held`` says why nothing is deleted yet."""

    delete: tuple[ObjectRef, ...] = ()
    held: str = ""


def plan_prune(
    inventory: Sequence[ObjectRef],
    desired: Collection[ObjectRef],
    *,
    claimed_elsewhere: Collection[ObjectRef] = (),
    confirmed: bool = False,
) -> PrunePlan:
    """The objects that the inventory names and nobody wants any more.

    ``claimed_elsewhere``: objects that another delivery wants now; they are handed over, which
    needs no confirmation.
    """
    wanted = set(desired)
    dropped = set(inventory) - wanted - set(claimed_elsewhere)
    if not confirmed and (held := _why_held(len(inventory), len(dropped), len(wanted))):
        return PrunePlan(held=held)
    return PrunePlan(tuple(sorted(dropped, key=apply_order, reverse=True)))


def why_kept(live: Mapping[str, Any], labels: Mapping[str, str], controls: Controls) -> str:
    """Empty if ``live`` may be deleted, else the reason why it is kept.

    ``labels`` are the delivery's marks, which the object must still carry.
    """
    if any(labels_of(live).get(key) != value for key, value in labels.items()):
        return "it is no longer marked as this delivery's"
    if not controls.prune:
        return "it says not to be pruned"
    if controls.write is Write.NEVER:
        return "it says to be left alone"
    return ""


def _why_held(inventory: int, dropped: int, wanted: int) -> str:
    if not dropped:
        return ""
    if wanted == 0 and inventory > 1:
        return f"the rendering is empty, which would delete all {dropped} objects"
    if inventory >= LARGE_INVENTORY and dropped > inventory * HELD_SHARE:
        return f"the rendering leaves out {dropped} of {inventory} objects"
    return ""
