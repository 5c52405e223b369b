"""Credentials are renewed in time, not too often, and not shown."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from trueup.cluster.credential import Credential, Renewed
from trueup.errors import Unavailable

HOUR = timedelta(hours=1)


class Office:
    """Issues credentials for an hour, numbered, at a time that the test moves."""

    def __init__(self, life: timedelta | None = HOUR) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.open = True
        self.issued = 0
        self._life = life
        self.credential = Renewed(self._issue, lambda: self.now)

    async def _issue(self) -> Credential:
        if not self.open:
            raise Unavailable("closed")
        self.issued += 1
        await asyncio.sleep(0)
        return Credential(str(self.issued), self.now + self._life if self._life else None)

    async def after(self, **time: float) -> str:
        """The token once so much more time has passed."""
        self.now += timedelta(**time)
        return (await self.credential.get()).token


async def test_it_is_kept_while_it_is_good() -> None:
    office = Office()
    assert [await office.after(minutes=0), await office.after(minutes=47)] == ["1", "1"]


async def test_it_is_renewed_before_it_expires() -> None:
    office = Office()
    assert [await office.after(minutes=0), await office.after(minutes=48)] == ["1", "2"]


async def test_without_an_expiry_it_is_kept() -> None:
    office = Office(life=None)
    assert [await office.after(minutes=0), await office.after(days=999)] == ["1", "1"]


async def test_many_who_ask_at_once_get_the_same() -> None:
    office = Office()
    tokens = await asyncio.gather(*[office.after() for _ in range(5)])
    assert (tokens, office.issued) == (["1"] * 5, 1)


async def test_where_it_cannot_be_renewed_it_serves_until_it_expires() -> None:
    office = Office()
    await office.after(minutes=0)
    office.open = False
    assert await office.after(minutes=59) == "1"
    with pytest.raises(Unavailable):
        await office.after(minutes=1)


async def test_once_it_can_be_renewed_again_it_is() -> None:
    office = Office()
    await office.after(minutes=0)
    office.open = False
    await office.after(minutes=50)
    office.open = True
    assert await office.after(seconds=10) == "2"


async def test_one_that_was_refused_is_replaced() -> None:
    office = Office()
    await office.after(minutes=0)
    office.now += timedelta(minutes=1)
    office.credential.refused()
    assert await office.after() == "2"


async def test_a_server_that_refuses_all_causes_no_storm_of_requests() -> None:
    office = Office()
    for _ in range(9):
        await office.after(seconds=1)
        office.credential.refused()
    assert office.issued == 1


def test_its_token_is_not_shown() -> None:
    assert "opensesame" not in repr(Credential("opensesame"))
