"""How long to wait before somebody is corrected once more."""

from __future__ import annotations

import pytest

from trueup.objects import ObjectRef
from trueup.observe.fights import QUIET_SECONDS, Fights

WEB, DB = (ObjectRef("", "ConfigMap", "a", name) for name in ("web", "db"))


def after(corrections: int, now: float = 0) -> Fights:
    fights = Fights()
    for _ in range(corrections):
        fights.corrected(WEB, now)
    return fights


@pytest.mark.parametrize(
    ("corrections", "wait"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (20, 300), (2000, 300)]
)
def test_waits_double_after_the_second_correction(corrections: int, wait: float) -> None:
    assert after(corrections).wait(WEB, 0) == wait


def test_the_wait_passes() -> None:
    assert [after(4).wait(WEB, now) for now in (1, 3, 4, 5)] == [3, 1, 0, 0]


def test_after_a_long_quiet_all_is_forgotten() -> None:
    fights = after(20)
    assert fights.wait(WEB, QUIET_SECONDS + 1) == 0
    assert fights.corrected(WEB, QUIET_SECONDS + 1) == 1


def test_objects_do_not_wait_for_each_other() -> None:
    assert after(20).wait(DB, 0) == 0


def test_what_is_forgotten_begins_anew() -> None:
    fights = after(20)
    fights.forget(WEB)
    assert fights.wait(WEB, 0) == 0
