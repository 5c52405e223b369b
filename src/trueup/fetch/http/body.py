"""Bodies within a bound, in memory or on disk, with what their bytes say they are."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import aiohttp

from trueup.fetch.http.errors import HttpError

_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """A body in a file that stands at its start, and is gone when it is closed."""

    file: BinaryIO
    size: int
    digest: str
    """As ``sha256:<hex digits>``."""


async def read_body(response: aiohttp.ClientResponse, limit: int, subject: str) -> bytes:
    """All of the body; HttpError where it has more than ``limit`` bytes."""
    return b"".join([chunk async for chunk in _chunks(response, limit, subject)])


async def spool_body(
    response: aiohttp.ClientResponse, limit: int, subject: str, algorithm: str = "sha256"
) -> Content:
    """The body in a file, on disk if it is large; HttpError if it has more than ``limit`` bytes."""
    file = cast(BinaryIO, SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - whoever asked closes it
    summed, size = hashlib.new(algorithm, usedforsecurity=False), 0
    try:
        async for chunk in _chunks(response, limit, subject):
            file.write(chunk)
            summed.update(chunk)
            size += len(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Content(file, size, f"{algorithm}:{summed.hexdigest()}")


async def _chunks(
    response: aiohttp.ClientResponse, limit: int, subject: str
) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > limit:
            raise HttpError(f"larger than {limit} bytes", subject=subject, trouble="too-large")
        yield chunk
