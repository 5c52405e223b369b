"""Fields that a JSON body names more than once are told, in whatever spelling it comes."""

from __future__ import annotations

import pytest

from trueup.controlplane.http.duplicates import duplicate_fields

CASES = [
    pytest.param(b'{"a":1,"b":{"a":2}}', [], id="compact JSON without repeats"),
    pytest.param(b'{"a": 1.0, "b": [{"a": 2}]}', [], id="spaced JSON without repeats"),
    pytest.param(b'{"a":1,"a":1}', ["a"], id="the same value twice"),
    pytest.param(b'{"a":{"b":[{"c":1,"c":2}]}}', ["a.b[0].c"], id="deep inside"),
    pytest.param(b"[" * 600 + b"]" * 600, [], id="deeper than can be written again"),
    pytest.param(b'{"a":', [], id="what does not parse"),
]


@pytest.mark.parametrize(("body", "paths"), CASES)
def test_repeated_fields_are_found(body: bytes, paths: list[str]) -> None:
    assert duplicate_fields(body) == paths
