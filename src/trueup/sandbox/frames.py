"""What a worker and whoever asks it say to each other, as bytes on two pipes."""

from __future__ import annotations

from enum import IntEnum
from struct import Struct

REQUEST = Struct("!IQ")
"""The sizes of the function's name and of the payload, which follow."""

ANSWER = Struct("!B?Q")
"""The ``Kind``, whether the worker is worn out and ends now, and the size of what follows."""

MAX_REFUSAL = 1024 * 1024
"""Bytes of an answer that is an error."""


class Kind(IntEnum):
    """What an answer holds."""

    RESULT = 0
    """The bytes that the function gave."""
    REFUSAL = 1
    """JSON: what an InputError that the function raised is made of."""
    DEFECT = 2
    """The name of the type of an exception that nobody foresaw."""
    NO_MEMORY = 3
    TOO_MUCH = 4


def request(function: str, payload: bytes) -> bytes:
    """The bytes that ask a worker for ``function(payload)``."""
    name = function.encode()
    return REQUEST.pack(len(name), len(payload)) + name + payload


def answer(kind: Kind, payload: bytes = b"", *, worn: bool = False) -> bytes:
    """The bytes with which a worker answers."""
    return ANSWER.pack(kind, worn, len(payload)) + payload
