"""Whether a request may still be sent, asked at the last moment: before its first byte is.

A process may be frozen between any two steps, such as while a connection is being made, and go on
long after somebody else has taken over its work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from trueup.errors import Unavailable


def _always() -> bool:
    return True


_MAY_SEND: ContextVar[Callable[[], bool]] = ContextVar("may_send", default=_always)


@contextmanager
def behind(may_send: Callable[[], bool]) -> Iterator[None]:
    """What the block sends is sent only if ``may_send`` says so."""
    token = _MAY_SEND.set(may_send)
    try:
        yield
    finally:
        _MAY_SEND.reset(token)


def check() -> None:
    """Raises Unavailable if nothing may be sent any more."""
    if not _MAY_SEND.get()():
        raise Unavailable("not sent: this replica leads no more")
