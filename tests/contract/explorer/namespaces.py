"""Namespaces for sequences, each with what the server puts into it."""

from __future__ import annotations

import asyncio

from tests.contract.server import Api, Server

PATIENCE = 60.0
_BATCH = 32


class Namespaces:
    """Of one server. They are made ahead and never deleted: that would be most of the work."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._ready: list[Api] = []

    async def take(self) -> Api:
        if not self._ready:
            made = [self._server.new_namespace() for _ in range(_BATCH)]
            self._ready = await asyncio.gather(*made)
            await asyncio.gather(*map(_complete, self._ready))
        return self._ready.pop()


async def _complete(api: Api) -> None:
    for path in ("configmaps/kube-root-ca.crt", "serviceaccounts/default"):
        async with asyncio.timeout(PATIENCE):
            while (await api.send("GET", f"/api/v1/namespaces/{{ns}}/{path}")).code != 200:
                await asyncio.sleep(0.05)
