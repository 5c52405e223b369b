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


_left: ContextVar[list[int]] = ContextVar("left")


@contextmanager
def limited(units: int = LIMIT) -> Iterator[None]:
    """Within the block, :func:`spend` may spend ``units``."""
    token = _left.set([units])
    try:
        yield
    finally:
        _left.reset(token)


def spend(units: int) -> None:
    """Account for work about to be done; raises BudgetExceeded when too much."""
    left = _left.get(None)
    if left is None:
        return
    left[0] -= units
    if left[0] < 0:
        raise BudgetExceeded("takes too many steps")
