"""What single objects are not ours to write, while others work in the same cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trueup.apply import Objection
from trueup.controllers.replicas.rivals import Rivals
from trueup.observe.rivals import Rival, workload_of


def objection_to(
    rivals: Rivals, tracker: Rival, tracked_by: Callable[[Mapping[str, Any]], str]
) -> Objection:
    """Objects that ``tracker`` keeps while it lives, and whatever would start an exclusive rival.

    ``tracked_by`` names what of the tracker's resources an object belongs to.
    """

    def why_not(obj: Mapping[str, Any]) -> str:
        if (owner := tracked_by(obj)) and rivals.lives(tracker):
            return (
                f"is kept by {tracker.system}, by its {owner!r}; "
                "take it out there, or out of this delivery"
            )
        started = workload_of(obj, rivals.exclusive)
        if started is not None and started.wanted > 0:
            return (
                f"would start {started.rival.name}, which works on the same resources as Trueup; "
                "take it out of the source, or set replicas to 0 there"
            )
        return ""

    return why_not
