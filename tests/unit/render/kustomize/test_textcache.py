"""Parsed texts are kept for the builds that follow, and never more than fit."""

from __future__ import annotations

import pytest

from trueup.render.kustomize.textcache import TextCache


@pytest.fixture
def made() -> list[str | bytes]:
    """What had to be made, in its order."""
    return []


def test_a_text_is_read_once(made: list[str | bytes]) -> None:
    cache = TextCache[None](made.append, limit=100)
    cache("a"), cache("a")
    assert made == ["a"]


def test_what_was_not_used_for_long_makes_room(made: list[str | bytes]) -> None:
    cache = TextCache[None](made.append, limit=4)
    for text in ("a", "b", "a", "c", "a", "d", "e", "a", "b"):
        cache(text)
    assert made == ["a", "b", "c", "d", "e", "b"]


def test_a_text_that_would_take_the_place_of_many_is_not_kept(made: list[str | bytes]) -> None:
    cache = TextCache[None](made.append, limit=40)
    for text in ("small", "x" * 11, "small", "x" * 11):
        cache(text)
    assert made == ["small", "x" * 11, "x" * 11]


def test_an_error_is_not_kept() -> None:
    answers = iter([ValueError("once"), "fine"])

    def make(_: str | bytes) -> str:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    cache = TextCache(make, limit=10)
    with pytest.raises(ValueError, match="once"):
        cache("a")
    assert cache("a") == "fine"
