"""gzip, read as a stream that stops where it grows beyond all measure."""

from __future__ import annotations

import io
import zlib
from gzip import BadGzipFile, GzipFile
from typing import BinaryIO, cast

from trueup.errors import TreeError
from trueup.tree.archive.member import damaged

SMALL = 4 * 1024 * 1024
"""So many bytes may come out of however few: headers, and files of zeros, hardly take any."""


def is_gzip(head: bytes) -> bool:
    return head.startswith(b"\x1f\x8b\x08")


def decompressed(file: BinaryIO, ratio: int) -> BinaryIO:
    """The content of a gzip ``file``; reading raises TreeError where it is damaged or a bomb."""
    return cast(BinaryIO, io.BufferedReader(_Decompressed(file, ratio), 64 * 1024))


class _Decompressed(io.RawIOBase):
    """Counts what goes in and what comes out."""

    def __init__(self, file: BinaryIO, ratio: int) -> None:
        self._file = file
        self._start = file.tell()
        self._gzip = GzipFile(fileobj=file, mode="rb")
        self._ratio = ratio
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            size = self._gzip.readinto(buffer)
        except (BadGzipFile, EOFError, zlib.error) as error:
            raise damaged(f"gzip: {error}") from error
        self._out += size
        if self._out > SMALL + self._ratio * (self._file.tell() - self._start):
            raise TreeError(f"unpacks to more than {self._ratio} times its size")
        return size
