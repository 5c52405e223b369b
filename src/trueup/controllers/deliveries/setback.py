"""Why a delivery does not go on now, as its status will say it."""

from __future__ import annotations

from trueup.errors import TrueupError
from trueup.report.report import Trouble


class Setback(TrueupError):
    """Ends one look at a delivery.

    ``retry`` is in seconds, None for the delivery's own interval; ``stalled``: only a change of
    the resource helps; ``waiting``: it goes on by itself, so nobody need be warned.
    """

    def __init__(
        self,
        trouble: Trouble,
        cause: str,
        *,
        retry: float | None = None,
        stalled: bool = False,
        waiting: bool = False,
    ) -> None:
        super().__init__(cause)
        self.trouble = trouble
        self.retry = retry
        self.stalled = stalled
        self.waiting = waiting
