"""A limit on the work of one evaluation, so that no expression can hang or fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

LIMIT: Final = 1_000_000
"""Units of work: one per step of a loop, per item compared or copied, per 16 characters made."""


class BudgetExceeded(Exception):
    """Never absorbed by an expression, unlike its own errors."""


class Allowance:
    """Units that several evaluations share, such as all rules of one object."""

    def __init__(self, units: int) -> None:
        self.units = units


_left: ContextVar[list[int]] = ContextVar("left")


@contextmanager
def limited(units: int = LIMIT, shared: Allowance | None = None) -> Iterator[None]:
    """Within the block, :func:`spend` may spend ``units``, and no more than is left of ``shared``."""
    granted = units if shared is None else min(units, shared.units)
    left = [granted]
    token = _left.set(left)
    try:
        yield
    finally:
        _left.reset(token)
        if shared is not None:
            shared.units -= granted - left[0] + 1


def spend(units: int) -> None:
    """Account for work about to be done; raises BudgetExceeded when too much."""
    left = _left.get(None)
    if left is None:
        return
    left[0] -= units
    if left[0] < 0:
        raise BudgetExceeded("takes too many steps")
