"""Quantities cost little to read, whoever wrote them."""

from __future__ import annotations

import pytest

from trueup.errors import InputError
from trueup.schema.quantity import parse


@pytest.mark.parametrize("text", ["1e1001", "1e99999999999", "1e" + "9" * 5000, "9" * 5000])
def test_a_number_that_would_fill_the_memory_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a quantity"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "written"), [("1e3", "1e3"), ("1e20", "100e18"), ("1e-100000000000", "1e-9")]
)
def test_exponents_are_read_as_kubernetes_reads_them(text: str, written: str) -> None:
    assert str(parse(text)) == written
