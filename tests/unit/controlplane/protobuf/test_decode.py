"""Protobuf bodies: what each field becomes in JSON, and that hostile bytes are only refused.

The real encoder is at work in ``tests/e2e/kubectl``; here are the rules one by one.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.controlplane.protobuf import decode


def field(number: int, value: bytes | str | int) -> bytes:
    """One field of a message; numbers as varints below 128 or as 64-bit negatives."""
    if isinstance(value, int):
        return bytes([number << 3]) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def varint(value: int) -> bytes:
    value %= 1 << 64
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def body(api_version: str, kind: str, message: bytes) -> bytes:
    type_meta = field(1, api_version) + field(2, kind)
    return b"k8s\x00" + field(1, type_meta) + field(2, message)


def test_maps_texts_and_base64() -> None:
    metadata = field(1, "a") + field(11, field(1, "k") + field(2, "v"))
    data = field(1, "key") + field(2, b"\xff\x00")
    found = decode(body("v1", "Secret", field(1, metadata) + field(2, data)))
    assert found == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "a", "labels": {"k": "v"}},
        "data": {"key": "/wA="},
    }


def test_lists_and_ports_by_number_or_name() -> None:
    number = field(1, "x") + field(3, 80) + field(4, field(1, 0) + field(2, 8080))
    name = field(4, field(1, 1) + field(3, "web"))
    found = decode(body("v1", "Service", field(2, field(1, number) + field(1, name))))
    ports = found["spec"]["ports"]
    assert ports == [{"name": "x", "port": 80, "targetPort": 8080}, {"targetPort": "web"}]


def test_times_and_negative_numbers() -> None:
    metadata = field(8, field(1, 1_700_000_000) + field(2, 0)) + field(10, -1)
    found = decode(body("v1", "ConfigMap", field(1, metadata)))
    assert found["metadata"]["creationTimestamp"] == "2023-11-14T22:13:20Z"
    assert found["metadata"]["deletionGracePeriodSeconds"] == -1


def test_a_field_that_nobody_knows_is_passed_over() -> None:
    assert decode(body("v1", "ConfigMap", field(15, "new"))) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
    }


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match=r'no kind "Thing" is registered for version "a\.b/v1"'):
        decode(body("a.b/v1", "Thing", b""))


@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused_and_never_a_fault(data: bytes) -> None:
    try:
        decode(body("v1", "Pod", data))
    except ValueError:
        return
