"""Warnings are cut to what a client can bear."""

from __future__ import annotations

from trueup.controlplane.http.warnings import bounded, warning_header


def test_few_warnings_are_sent_as_they_are_each_once() -> None:
    assert bounded(["a", "b", "a", ""]) == ("a", "b")


def test_warnings_that_no_header_can_hold_are_left_out() -> None:
    assert bounded(["one\r\nSet-Cookie: x", "two\x9b", "three"]) == ("three",)


def test_many_letters_are_cut() -> None:
    many = bounded([letter * 4000 for letter in "abcdefghijklmnopqrstuvwxyz"])
    assert {len(text) for text in many} == {256}
    assert len(many) == 16


def test_quotes_are_escaped() -> None:
    assert warning_header('say "x\\y"') == '299 - "say \\"x\\\\y\\""'
