"""Port numbers and names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from trueup.controlplane.validation.causes import Cause, each, invalid
from trueup.objects import names

PROTOCOLS: Final = ("SCTP", "TCP", "UDP")


def port_number(port: int, path: str) -> Iterator[Cause]:
    if not 1 <= port <= 65535:
        yield invalid(path, port, "must be between 1 and 65535, inclusive")


def port_or_name(port: Any, path: str) -> Iterator[Cause]:
    """A port by its number, or by the name that a container gives it."""
    if isinstance(port, int):
        yield from port_number(port, path)
    else:
        yield from each(path, port, names.port_name(str(port)))
