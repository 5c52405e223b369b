"""One request to an API server: what goes along, who may send, how often, and what is an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import orjson

from trueup.cluster import fence
from trueup.cluster.transport import Answer, Query, Transport, error_from_status
from trueup.errors import Unavailable
from trueup.objects import Manifest

PatchType = Literal["json", "merge", "strategic-merge", "apply"]

_MOST_RETRIES = 10
_MOST_PATIENCE_SECONDS = 60

_MEDIA_TYPES: dict[PatchType, str] = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic-merge": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One change, with the object as it is after it."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    object: Manifest


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends to one server, with ``headers`` on each request, as long as ``may_send``.

    A request that the server turns away for now is sent again when the server says, up to ten
    times, unless it asks for more than a minute of patience.
    """

    transport: Transport
    headers: Mapping[str, str] = field(default_factory=dict)
    may_send: Callable[[], bool] = lambda: True

    async def send(
        self,
        method: str,
        path: str,
        query: Query = (),
        body: bytes | None = None,
        patch: PatchType | None = None,
        *,
        accept: str = "application/json",
    ) -> Answer:
        """The answer, if it is one of success; ApiError otherwise."""
        headers = {**self.headers, "Accept": accept}
        if body is not None:
            headers["Content-Type"] = _MEDIA_TYPES[patch] if patch else "application/json"
        answer = await self._answer(method, path, query, headers, body)
        if answer.status >= 300:
            text = answer.body[:200].decode("utf-8", "replace")
            raise error_from_status(answer.status, _decode(answer.body), text)
        return answer

    @asynccontextmanager
    async def events(self, path: str, query: Query) -> AsyncIterator[AsyncIterator[WatchEvent]]:
        """A watch; one that the server ends with an error raises that."""
        headers = {**self.headers, "Accept": "application/json"}
        with fence.behind(self.may_send):
            fence.check()
        async with self.transport.stream(path, query, headers) as lines:
            yield _events(lines)

    async def _answer(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        for _ in range(_MOST_RETRIES):
            answer = await self._request(method, path, query, headers, body)
            wait = _seconds_to_wait(answer)
            if wait is None:
                return answer
            await asyncio.sleep(wait)
        return await self._request(method, path, query, headers, body)

    async def _request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        with fence.behind(self.may_send):
            fence.check()
            return await self.transport.request(method, path, query, headers, body)


def decoded(answer: Answer) -> Manifest:
    """The object in ``answer``; Unavailable if there is none."""
    value = _decode(answer.body)
    if not isinstance(value, dict):
        text = answer.body[:100].decode("utf-8", "replace")
        raise Unavailable(f"the answer is not from a Kubernetes API server: {text!r}")
    return value


def _seconds_to_wait(answer: Answer) -> float | None:
    """How long the server asks to wait before the request is sent again; None: it does not.

    Only an answer that names a time says that the request was not begun.
    """
    if answer.status != 429 and answer.status < 500:
        return None
    asked = answer.headers.get("retry-after", "")
    if not asked.isdecimal() or int(asked) > _MOST_PATIENCE_SECONDS:
        return None
    return float(asked)


async def _events(lines: AsyncIterator[bytes]) -> AsyncIterator[WatchEvent]:
    async for line in lines:
        if not line:
            continue
        event = _decode(line)
        if not isinstance(event, dict) or not isinstance(event.get("object"), dict):
            raise Unavailable("the watch broke off within an event")
        if event["type"] == "ERROR":
            status = event["object"]
            raise error_from_status(int(status.get("code") or 500), status)
        yield WatchEvent(event["type"], event["object"])


def _decode(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
