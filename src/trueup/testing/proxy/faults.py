"""What can happen to a request between a client and its API server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

import orjson

from trueup.testing.proxy.exchange import Cut, Exchange
from trueup.testing.proxy.message import Request

Fault = Callable[[Exchange], Awaitable[None]]
"""Makes of a request what it will; Cut ends the connection."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Which requests a fault meets; ``path`` is a regular expression, found anywhere in a path."""

    methods: Collection[str] = ()
    path: str = ""
    watches: bool | None = None

    def __call__(self, request: Request) -> bool:
        if self.methods and request.method not in self.methods:
            return False
        if self.watches not in (None, request.is_watch):
            return False
        return re.search(self.path, request.target.partition("?")[0]) is not None


def answering(code: int, reason: str, message: str, *, retry_after: int | None = None) -> Fault:
    """The request never arrives; the client gets a ``Status``."""
    status = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}

    async def fault(exchange: Exchange) -> None:
        await exchange.show(_whole_answer(code, orjson.dumps(status), headers))

    return fault


def _whole_answer(code: int, body: bytes, headers: Mapping[str, str]) -> bytes:
    all_headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **headers,
    }
    lines = [f"HTTP/1.1 {code} Fault", *(f"{name}: {value}" for name, value in all_headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def expiring_watch(message: str) -> Fault:
    """A watch begins, and its first event says that the version has expired."""
    status = {"kind": "Status", "code": 410, "reason": "Expired", "message": message}
    event = orjson.dumps({"type": "ERROR", "object": status}) + b"\n"

    async def fault(exchange: Exchange) -> None:
        await exchange.show(_whole_answer(200, event, {}))

    return fault


async def half_sent(exchange: Exchange) -> None:
    """The server sees half of the request, and then the connection end; so does the client."""
    await exchange.deliver(0.5)
    raise Cut


async def answer_lost(exchange: Exchange) -> None:
    """The server does what was asked; the client never hears of it."""
    await exchange.deliver()
    async for _ in exchange.answer():
        pass
    raise Cut


async def cut_within_event(exchange: Exchange) -> None:
    """A watch begins, and ends in the middle of its first event."""
    await exchange.deliver()
    answer = exchange.answer()
    await exchange.show(await anext(answer))
    async for piece in answer:
        await exchange.show(piece[: len(piece) // 2])
        raise Cut


async def silent(_exchange: Exchange) -> None:
    """Accepted, and never answered: the connection stays open for as long as the client likes."""
    await asyncio.Event().wait()


def trickling(size: int, seconds: float) -> Fault:
    """The answer comes in pieces of ``size`` bytes with a pause after each."""

    async def fault(exchange: Exchange) -> None:
        await exchange.deliver()
        async for piece in exchange.answer():
            for start in range(0, len(piece), size):
                await exchange.show(piece[start : start + size])
                await asyncio.sleep(seconds)

    return fault
