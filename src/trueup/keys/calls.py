"""One call of a service that keeps keys."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from trueup.errors import DecryptionError, Unavailable

_SECONDS = 10
_LONGEST = 2**20


class Post(Protocol):
    """Asks a service, and gives its answer."""

    def __call__(
        self, url: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The JSON object that the service answers with.

        Raises Unavailable where it may answer later, DecryptionError where it refuses.
        """
        ...


def post(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    """``Post`` over the network. To be called from a thread without an event loop."""
    return asyncio.run(_post(url, headers, body))


async def _post(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    import aiohttp

    try:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_SECONDS), trust_env=True
            ) as session,
            session.post(
                url, headers=dict(headers), json=dict(body), allow_redirects=False
            ) as response,
        ):
            status, content = response.status, await response.content.read(_LONGEST)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise Unavailable(f"no answer: {_told(error)}", subject=url) from error
    if status >= 500 or status == 429:
        raise Unavailable(f"{status}: {_said(content)}", subject=url)
    if status != 200:
        raise DecryptionError(f"{status}: {_said(content)}", subject=url)
    return _object(content, url)


def _told(error: Exception) -> str:
    return str(error) or "it took too long"


def _object(content: bytes, url: str) -> dict[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable("the answer is no JSON object", subject=url)
    return found


def _said(content: bytes) -> str:
    """The message in ``{"error": {"message": …}}``, or in Vault's ``{"errors": […]}``."""
    try:
        found = orjson.loads(content)
        if "errors" in found:
            return "; ".join(map(str, found["errors"]))[:300] or "refused"
        return str(found["error"]["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return "refused"
