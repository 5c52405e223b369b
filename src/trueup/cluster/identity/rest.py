"""One call of a cloud's REST API, by which a cluster is looked up."""

from __future__ import annotations

from typing import Any

import orjson

from trueup.errors import Unauthorized, Unavailable

_SECONDS = 10


async def call(
    method: str, url: str, token: str = "", headers: dict[str, str] | None = None
) -> bytes:
    """The body of the answer; Unavailable or Unauthorized, with what the API says, for refusals."""
    import aiohttp

    proof = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(
                method, url, headers={**(headers or {}), **proof}, allow_redirects=False
            ) as response,
        ):
            body = await response.read()
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Unavailable(f"no answer: {error or 'it took too long'}", subject=url) from error
    if response.status != 200:
        kind = Unavailable if response.status >= 500 or response.status == 429 else Unauthorized
        raise kind(f"{response.status}: {_said(body)}", subject=url)
    return body


def _said(body: bytes) -> str:
    """The message in ``{"error": {"message": …}}``, as Google and Azure write it."""
    try:
        return str(orjson.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode(errors="replace")


async def call_for_object(method: str, url: str, token: str) -> dict[str, Any]:
    """As ``call``, decoded; Unavailable if it is no JSON object."""
    body = await call(method, url, token)
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable("the answer is no JSON object", subject=url)
    return found
