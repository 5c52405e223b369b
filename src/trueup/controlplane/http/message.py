"""A request and its response, free of any transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from trueup.controlplane.auth.user import User


@dataclass(slots=True)
class Request:
    """``path`` is decoded and without the query; header names are in lower case.

    ``user`` set: the transport vouches for it; None: the headers must authenticate.
    """

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    user: User | None = None

    def parameter(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        for key, value in self.query:
            if key == name:
                return value
        return default

    def parameters(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]


@dataclass(slots=True)
class Response:
    """``body`` is whole, or comes in pieces as they arise."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | AsyncIterator[bytes] = b""
    warnings: tuple[str, ...] = ()
    """Sent as one Warning header each."""
