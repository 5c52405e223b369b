"""Bad inputs, theme by theme beside a good delivery: each says what is wrong, and the good one goes on."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.unit.controllers.conftest import Stage, config_map
from trueup.testing.patience import PATIENCE

from .bad_inputs import THEMES, BadInput, load, put, said_of

RETRIES = 3
LONGEST = 4000
FOREIGN = re.compile(
    r"Traceback|NoneType|<class|object at 0x|KeyError|'(dict|list|str|int)' object|unknown to Trueup"
    r"|[\x00-\x08\x0b-\x1f]"
)
"""What means nothing to a platform engineer, or is not for a terminal."""


@pytest.mark.parametrize("theme", THEMES)
async def test_each_says_what_is_wrong_while_a_good_delivery_goes_on(
    stage: Stage, theme: str
) -> None:
    cases = load(theme, stage.folder)
    await lay_out(stage, cases)
    refused = {case.id: await put(stage, case) for case in cases}
    said = await asyncio.gather(*(hear(stage, case, refused[case.id]) for case in cases))
    assert not [
        wrong(case, text) for case, text in zip(cases, said, strict=True) if wrong(case, text)
    ]
    assert not await stormy(stage, [case for case in cases if not refused[case.id]])
    revision = await stage.commit({"good/a.yaml": config_map("good", key="2")})
    await stage.ready("good", revision)


async def lay_out(stage: Stage, cases: list[BadInput]) -> None:
    """The files of all cases in one commit, beside a good delivery that is live."""
    files: dict[str, bytes | str | None] = {"good/a.yaml": config_map("good")}
    for case in cases:
        files |= case.contents()
    stage.repo.commit(files)
    await stage.source()
    await stage.delivery("good")
    await stage.ready("good")


async def hear(stage: Stage, case: BadInput, refused: str) -> str:
    return refused or await said_of(stage, case, timeout=PATIENCE)


def wrong(case: BadInput, text: str) -> str:
    """What is wrong with what is said of the case; nothing if it is as it should be."""
    missing = [part for part in case.expect if part not in text]
    if missing:
        return f"{case.name}: {missing} missing in: {text}"
    if len(text) > LONGEST or FOREIGN.search(text):
        return f"{case.name}: not for people: {text[:LONGEST]}"
    return ""


async def stormy(stage: Stage, cases: list[BadInput]) -> dict[str, int]:
    """The calls that are too many while the deliveries of the cases are tried again."""
    names = [case.ref.name for case in cases if case.ref.kind == "Kustomization"]
    for name in names:
        await stage.looked_at(name)
    calls, renderings = stage.count_calls(), stage.embedded.controllers.deliveries.renderings
    before, most = renderings.made, RETRIES * len(names)
    for name in names * RETRIES:
        await stage.look_again(name)
    many = {call: count for call, count in calls.items() if is_news(call) or count > most}
    made = renderings.made - before
    return many if made <= most else {**many, "renderings": made}


def is_news(call: str) -> bool:
    """Whether the call tells people something: a failure that stays is told once."""
    return call.endswith("/status") or "/events" in call or "/deliveryrecords" in call


def test_there_are_more_than_two_hundred() -> None:
    assert sum(len(load(theme, "/nowhere")) for theme in THEMES) > 200
