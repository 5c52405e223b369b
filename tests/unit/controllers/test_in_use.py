"""What several deliveries use is kept for as long as one of them does."""

from __future__ import annotations

import pytest

from trueup.controllers.in_use import InUse
from trueup.objects import ObjectRef

ONE, TWO = (ObjectRef("", "ConfigMap", "a", name, "v1") for name in ("one", "two"))


@pytest.fixture
def gone() -> list[str]:
    return []


@pytest.fixture
def values(gone: list[str]) -> InUse[str]:
    return InUse(gone.append)


def test_two_users_share_what_the_first_one_had_made(values: InUse[str]) -> None:
    assert [values.use(ONE, "k", lambda: "a"), values.use(TWO, "k", lambda: "b")] == ["a", "a"]


def test_it_is_kept_while_one_user_is_left(values: InUse[str], gone: list[str]) -> None:
    values.use(ONE, "k", lambda: "a")
    values.use(TWO, "k", lambda: "b")
    values.leave(ONE)
    assert gone == []


def test_it_goes_with_its_last_user(values: InUse[str], gone: list[str]) -> None:
    values.use(ONE, "k", lambda: "a")
    values.leave(ONE)
    assert gone == ["a"]


def test_who_uses_another_one_uses_the_first_no_more(values: InUse[str], gone: list[str]) -> None:
    values.use(ONE, "k", lambda: "a")
    values.use(ONE, "l", lambda: "b")
    assert gone == ["a"]


def test_one_that_cannot_be_made_changes_nothing(values: InUse[str], gone: list[str]) -> None:
    values.use(ONE, "k", lambda: "a")
    with pytest.raises(ZeroDivisionError):
        values.use(ONE, "l", lambda: str(1 / 0))
    assert (gone, values.use(TWO, "k", lambda: "c")) == ([], "a")
