"""Killed at any write, a delivery comes true all the same, and nothing foreign is lost.

Whatever is written before the death stays written; what would have followed never happens. Then a
new process begins on what it finds.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any

import pytest

from tests.unit.controllers.conftest import CONFIG_MAP, Stage, config_map, config_map_ref
from trueup.errors import NotFound
from trueup.objects import Manifest, ObjectRef
from trueup.plan.inventory import refs_of

OWNER = "kustomize.toolkit.fluxcd.io/name"


class Mortal:
    """Lets the controllers of ``stage`` die at their ``at``-th write, before or after it."""

    def __init__(self, stage: Stage, at: int, *, after: bool) -> None:
        self._request = stage.embedded.transport.request
        self._left = at
        self._after = after
        self.dead = asyncio.Event()
        stage.embedded.transport.request = self._mortal  # type: ignore[method-assign]

    async def _mortal(self, method: str, path: str, *rest: Any) -> Any:
        if method != "GET":
            self._left -= 1
        dies = self._left == 0 and method != "GET"
        if self.dead.is_set() or (dies and not self._after):
            await self._die()
        answer = await self._request(method, path, *rest)
        if dies:
            await self._die()
        return answer

    async def _die(self) -> None:
        self.dead.set()
        await asyncio.Event().wait()


async def owned(stage: Stage) -> set[ObjectRef]:
    """The ConfigMaps that carry the delivery's mark."""
    listing = await stage.person.list(CONFIG_MAP, label_selector=f"{OWNER}=app")
    return {ObjectRef.of(item) for item in listing.items}


def files(round_: int) -> dict[str, str | None]:
    """A change, an addition and a removal, in every round."""
    return {
        "app/always.yaml": config_map("always", round=str(round_)),
        f"app/{round_}.yaml": config_map(f"in-round-{round_}"),
        f"app/{round_ - 1}.yaml": None,
    }


async def dies_or_is_done(stage: Stage, mortal: Mortal, revision: str) -> None:
    """Until the controllers die, or are ready at ``revision`` and have written all they want."""
    done = asyncio.create_task(stage.ready(revision=revision))
    died = asyncio.create_task(mortal.dead.wait())
    await asyncio.wait([done, died], return_when=asyncio.FIRST_COMPLETED)
    for task in (done, died):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def settled(stage: Stage, revision: str) -> Manifest:
    delivery = await stage.ready(revision=revision)
    await stage.looked_at()
    return delivery


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_write_is_survived(stage: Stage, after: bool) -> None:
    await stage.apply(config_map("foreign", of="somebody"))
    stage.repo.commit({path: text for path, text in files(0).items() if text})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    for round_, write in enumerate(range(3, 12), start=1):
        mortal = Mortal(stage, write, after=after)
        revision = await stage.commit(files(round_))
        await dies_or_is_done(stage, mortal, revision)
        await stage.restart()
        delivery = await settled(stage, revision)
        wanted = {config_map_ref("always"), config_map_ref(f"in-round-{round_}")}
        assert await owned(stage) == wanted
        assert set(refs_of(delivery["status"]["inventory"]["entries"])) == wanted
        assert (await stage.person.get(config_map_ref("always")))["data"] == {"round": str(round_)}
        assert (await stage.person.get(config_map_ref("foreign")))["data"] == {"of": "somebody"}


class Mishaps:
    """What people and fate do to a delivery, drawn by chance."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self._stage = stage
        self._chance = chance
        self.round = 0
        self.revision = ""

    async def happen(self) -> None:
        await self._chance.choice([self.commit, self.edit, self.delete, self.steal, self.kill])()

    async def commit(self) -> None:
        self.round += 1
        self.revision = await self._stage.commit(files(self.round))

    async def edit(self) -> None:
        with suppress(NotFound):
            await self._stage.patch(config_map_ref("always"), {"data": {"round": "edited"}})

    async def delete(self) -> None:
        with suppress(NotFound):
            await self._stage.person.delete(config_map_ref("always"))

    async def steal(self) -> None:
        """Take the marks off an object that will go from Git: it is somebody else's now."""
        labels = dict.fromkeys((OWNER, OWNER.replace("name", "namespace")))
        ref = config_map_ref(f"in-round-{self.round}")
        with suppress(NotFound):
            await self._stage.patch(ref, {"metadata": {"labels": labels}})

    async def kill(self) -> None:
        mortal = Mortal(self._stage, self._chance.randint(1, 4), after=self._chance.random() < 0.5)
        await self.commit()
        await dies_or_is_done(self._stage, mortal, self.revision)
        await self._stage.restart()


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_it_comes_true_in_the_end(stage: Stage, seed: int) -> None:
    await stage.apply(config_map("foreign", of="somebody"))
    stage.repo.commit({path: text for path, text in files(0).items() if text})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    mishaps = Mishaps(stage, random.Random(seed))
    for _ in range(12):
        await mishaps.happen()
    await mishaps.commit()
    await settled(stage, mishaps.revision)
    last = str(mishaps.round)
    await stage.until(config_map_ref("always"), lambda obj: obj.get("data") == {"round": last})
    wanted = {config_map_ref("always"), config_map_ref(f"in-round-{last}")}
    assert await owned(stage) == wanted
    assert (await stage.person.get(config_map_ref("foreign")))["data"] == {"of": "somebody"}
