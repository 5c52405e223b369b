"""Credentials that expire, renewed before they do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from trueup.errors import TrueupError

_SPENT = 0.8
"""The share of its life after which a credential is renewed, as the kubelet does."""

_PAUSE = timedelta(seconds=10)
"""Between two requests for a credential that could not be renewed, or that was refused."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class Expiring(Protocol):
    """What a server accepts as proof, until it expires."""

    @property
    def token(self) -> str: ...

    @property
    def expires(self) -> datetime | None:
        """None: never."""
        ...


@dataclass(frozen=True, slots=True)
class Credential:
    """A bearer token and when it expires; None: never."""

    token: str = field(repr=False)
    expires: datetime | None = None


T = TypeVar("T", bound=Expiring)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Renewed(Generic[T]):
    """What ``ask`` gives, asked for anew in time.

    While it cannot be had anew, the one at hand serves as long as it is good.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[T]], now: Callable[[], datetime] = utc_now
    ) -> None:
        self._ask = ask
        self._now = now
        self._lock = asyncio.Lock()
        self._held: T | None = None
        self._since = self._due = datetime.min.replace(tzinfo=UTC)

    async def get(self) -> T:
        """The one at hand, or a new one. Raises what ``ask`` raises."""
        async with self._lock:
            if self._held is not None and self._now() < self._due:
                return self._held
            return await self._renew()

    def refused(self) -> None:
        """The server did not accept it: ask for another, unless this one is quite new."""
        self._due = min(self._due, self._since + _PAUSE)

    async def _renew(self) -> T:
        begun = self._now()
        try:
            self._held = await self._ask()
        except TrueupError:
            if self._held is None or begun >= (self._held.expires or _NEVER):
                raise
            self._due = begun + _PAUSE
            return self._held
        expires = self._held.expires
        self._since = begun
        self._due = _NEVER if expires is None else begun + _SPENT * (expires - begun)
        return self._held
