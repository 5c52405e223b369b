"""What is written as protobuf is what a reader of the wire format finds."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from trueup.controlplane.protobuf.wire import fields, signed
from trueup.controlplane.protobuf.writing import count, double, flag, many, named, text, within

NUMBERS = st.integers(1, 1 << 28)


@given(NUMBERS, st.text())
def test_texts_are_read_back(number: int, value: str) -> None:
    assert list(fields(text(number, value))) == [(number, value.encode())]


@given(NUMBERS, st.integers(-(1 << 63), (1 << 63) - 1))
def test_numbers_are_read_back_with_their_sign(number: int, value: int) -> None:
    ((found, raw),) = fields(count(number, value))
    assert isinstance(raw, int)
    assert (found, signed(raw)) == (number, value)


@given(NUMBERS, st.floats(allow_nan=False))
def test_fractions_are_read_back(number: int, value: float) -> None:
    ((found, raw),) = fields(double(number, value))
    assert isinstance(raw, bytes)
    assert (found, struct.unpack("<d", raw)) == (number, (value,))


@given(NUMBERS, st.booleans())
def test_truths_are_read_back(number: int, value: bool) -> None:
    assert list(fields(flag(number, value))) == [(number, int(value))]


def test_a_repeated_field_is_there_as_often_as_it_has_values() -> None:
    assert list(fields(many(text)(3, ["a", "b"]))) == [(3, b"a"), (3, b"b")]


def test_a_message_of_one_field_holds_it() -> None:
    ((_, content),) = fields(within(2, text)(1, "a"))
    assert isinstance(content, bytes)
    assert list(fields(content)) == [(2, b"a")]


def test_a_mapping_is_a_list_of_names_and_values() -> None:
    ((_, content),) = fields(named(text, at=2)(1, {"a": "b"}))
    assert isinstance(content, bytes)
    ((number, pair),) = fields(content)
    assert isinstance(pair, bytes)
    assert (number, list(fields(pair))) == (2, [(1, b"a"), (2, b"b")])
