"""Key groups: what parts of a data key make together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import DecryptionError
from trueup.render.sops.shamir import _times, combine


def split(secret: bytes, places: list[int], coefficients: bytes) -> list[bytes]:
    """Parts of ``secret`` with a quorum of two: for each byte a line through it."""
    lines = list(zip(secret, coefficients, strict=True))
    return [bytes([at ^ _times(slope, x) for at, slope in lines] + [x]) for x in places]


@given(
    st.binary(min_size=32, max_size=32),
    st.lists(st.integers(1, 255), min_size=2, max_size=5, unique=True),
    st.binary(min_size=32, max_size=32),
)
def test_enough_parts_make_the_secret(secret: bytes, places: list[int], slopes: bytes) -> None:
    assert combine(split(secret, places, slopes)) == secret


@pytest.mark.parametrize(
    "parts",
    [[b"ab"], [b"ab", b"abc"], [b"a", b"b"], [b"aX", b"bX"]],
    ids=["one", "of two lengths", "too short", "the same twice"],
)
def test_parts_that_do_not_fit_are_refused(parts: list[bytes]) -> None:
    with pytest.raises(DecryptionError):
        combine(parts)
