"""A transport that fails on request: faults are made at the client's one port, nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from trueup.cluster import Answer, Transport
from trueup.cluster.transport import Query
from trueup.errors import ApiError

Meanwhile = Callable[[], Awaitable[object]]


@dataclass
class _Fault:
    method: str
    path: str
    times: int
    error: ApiError | None = None
    meanwhile: Meanwhile | None = None

    def meets(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and self.path in path


class Faults:
    """Passes requests on to ``inner``, but for those that were asked to fail.

    ``calls`` notes method and path of every request that was passed on or failed.
    """

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._faults: list[_Fault] = []
        self.calls: list[tuple[str, str]] = []

    def fail(self, method: str, path: str, error: ApiError, *, times: int = 1) -> None:
        """Raise ``error`` for the next ``times`` requests whose path has ``path`` in it."""
        self._faults.append(_Fault(method, path, times, error))

    def meanwhile(self, method: str, path: str, do: Meanwhile) -> None:
        """Let ``do`` happen just before the next such request arrives."""
        self._faults.append(_Fault(method, path, 1, meanwhile=do))

    def mend(self) -> None:
        """Nothing fails from now on."""
        self._faults.clear()

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [call for call in self.calls if call[0] != "GET"]

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        self.calls.append((method, path))
        fault = next((fault for fault in self._faults if fault.meets(method, path)), None)
        if fault is not None:
            fault.times -= 1
            if fault.error is not None:
                raise fault.error
            if fault.meanwhile is not None:
                await fault.meanwhile()
        return await self._inner.request(method, path, query, headers, body)

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        async with self._inner.stream(path, query, headers) as lines:
            yield lines

    async def close(self) -> None:
        await self._inner.close()
