"""Reads binary formats field by field."""

from __future__ import annotations


class MalformedError(ValueError):
    """The bytes break the format."""


class TruncatedError(MalformedError):
    """The bytes end within a field."""


class Cursor:
    """A position in ``data``; every read moves it. Raises TruncatedError at the end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.data)

    @property
    def rest(self) -> bytes:
        """What was not read yet; reads it."""
        return self.take(len(self.data) - self.position)

    def take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self.data):
            raise TruncatedError("unexpected end of data")
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self, size: int) -> int:
        """An unsigned big-endian number of ``size`` bytes."""
        return int.from_bytes(self.take(size), "big")

    def string(self) -> bytes:
        """SSH's string: four bytes of length, then the content (RFC 4251, section 5)."""
        return self.take(self.number(4))

    def mpint(self) -> int:
        """SSH's signed number (RFC 4251, section 5)."""
        return int.from_bytes(self.string(), "big", signed=True)

    def finish(self) -> None:
        """Raises MalformedError if something is left."""
        if not self.at_end:
            raise MalformedError("trailing data")
