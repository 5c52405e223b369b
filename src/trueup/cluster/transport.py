"""How a request reaches an API server: the one port that the client stands on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from trueup import errors

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request, whatever its status."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header names are in lower case."""


class Transport(Protocol):
    """Carries requests to one API server as one user."""

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        """One request and its whole answer; raises errors.Unavailable if none comes."""
        ...

    def stream(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """A GET whose answer comes in lines, without their newline; raises as ``request``.

        An answer other than 200 raises the ApiError that its Status body names.
        """
        ...

    async def close(self) -> None:
        """Free what the transport holds; it cannot be used afterwards."""
        ...


_BY_REASON: dict[str, type[errors.ApiError]] = {
    "AlreadyExists": errors.AlreadyExists,
    "Conflict": errors.Conflict,
    "Expired": errors.Gone,
    "Gone": errors.Gone,
    "Invalid": errors.Invalid,
}
_BY_CODE: dict[int, type[errors.ApiError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    409: errors.Conflict,
    410: errors.Gone,
    415: errors.UnsupportedMediaType,
    422: errors.Invalid,
    429: errors.TooManyRequests,
}


def error_from_status(code: int, status: object, text: str = "") -> errors.ApiError:
    """The error for a failed answer.

    ``status`` is the decoded body, a ``Status`` if the server is in order; ``text`` is what to
    say if it is not.
    """
    body = status if isinstance(status, dict) else {}
    reason = body.get("reason") or None
    default = errors.Unavailable if code >= 500 else errors.ApiError
    kind = _BY_REASON.get(reason or "") or _BY_CODE.get(code, default)
    message = body.get("message") or text or f"the server answered {code}"
    return kind(message, code=code, reason=reason, details=body.get("details"))
