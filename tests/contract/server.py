"""A server under contract, and requests to it from a namespace of the test's own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from trueup.cluster import Client
from trueup.cluster.transport import Transport
from trueup.testing.patience import PATIENCE

_JSON = {"Accept": "application/json", "Content-Type": "application/json"}
_ACCOUNT = "/api/v1/namespaces/{ns}/serviceaccounts/default"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Reply:
    code: int
    body: Any
    headers: Mapping[str, str]


class Server:
    """``node`` is the name of a Node that takes Pods through their states; empty: there is none."""

    def __init__(
        self,
        transport: Transport,
        *,
        is_real: bool = False,
        has_housekeeping: bool = True,
        node: str = "",
    ) -> None:
        self.transport = transport
        self.is_real = is_real
        self.has_housekeeping = has_housekeeping
        self.node = node

    @asynccontextmanager
    async def namespace(self) -> AsyncIterator[Api]:
        """A fresh namespace, deleted afterwards without waiting."""
        api = await self.new_namespace()
        try:
            yield api
        finally:
            await self.transport.request("DELETE", f"/api/v1/namespaces/{api.ns}", [], {}, None)

    async def new_namespace(self) -> Api:
        made = {"metadata": {"generateName": "contract-"}}
        client = Client(self.transport)
        created = await client.create(
            {"apiVersion": "v1", "kind": "Namespace", **made}, field_manager="contract"
        )
        name = created["metadata"]["name"]
        if not self.has_housekeeping:
            await self._create_default_account(name)
        return Api(self.transport, name, number=next(_NUMBERS))

    async def wait_housekeeping(self) -> None:
        """Returns once namespaces are given what they need: who does that starts after the server."""
        async with self.namespace() as api, asyncio.timeout(PATIENCE):
            while (await api.send("GET", _ACCOUNT)).code != 200:
                await asyncio.sleep(0.05)

    async def _create_default_account(self, namespace: str) -> None:
        """As the controller manager does: no Pod is let in without."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        body = b'{"metadata": {"name": "default"}}'
        await self.transport.request("POST", path, [], _JSON, body)


@dataclass
class Api:
    """``{ns}`` in a path is the namespace; ``{n}`` a number that no other test has."""

    transport: Transport
    ns: str
    number: int
    saved: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> Client:
        return Client(self.transport)

    def filled(self, value: Any) -> Any:
        """``value`` with all that is in braces and known replaced."""
        known = {"ns": self.ns, "n": str(self.number), **self.saved}
        text = orjson.dumps(value).decode()
        for name, replacement in known.items():
            text = text.replace(f"{{{name}}}", replacement)
        return orjson.loads(text)

    async def send(
        self,
        method: str,
        target: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """``target``: a path with its query, braces filled in; ``body`` is sent as JSON."""
        path, _, query = str(self.filled(target)).partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        data = body if isinstance(body, bytes | None) else orjson.dumps(self.filled(body))
        answer = await self.transport.request(
            method, path, pairs, {**_JSON, **(headers or {})}, data
        )
        return Reply(answer.status, _decoded(answer.body), answer.headers)

    async def lines(self, target: str, count: int, accept: str = "application/json") -> list[Any]:
        """The first ``count`` events of a watch."""
        path, _, query = str(self.filled(target)).partition("?")
        pairs = [("watch", "true"), *parse_qsl(query, keep_blank_values=True)]
        found: list[Any] = []
        async with (
            asyncio.timeout(PATIENCE),
            self.transport.stream(path, pairs, {"Accept": accept}) as lines,
        ):
            async for line in lines:
                if line:
                    found.append(orjson.loads(line))
                if len(found) == count:
                    break
        return found


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")
