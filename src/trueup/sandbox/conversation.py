"""Asking a worker: sending, reading and listening to its complaints at once, until the deadline."""

from __future__ import annotations

import os
import selectors
import time
from contextlib import suppress
from dataclasses import dataclass, field
from selectors import EVENT_READ, EVENT_WRITE

from trueup.sandbox.frames import ANSWER, MAX_REFUSAL
from trueup.sandbox.limits import Limits

_CHUNK = 256 * 1024
_FIRST_WORDS, _LAST_WORDS = 4 * 1024, 12 * 1024


class HungUp(Exception):
    """The worker closed its side: it died."""


@dataclass
class Conversation:
    """One question over three pipes, each by its file number; the first and last do not block."""

    to_worker: int
    from_worker: int
    complaints: int
    limits: Limits
    last_words: bytes = b""
    """What the worker wrote on its standard error since it was asked: the beginning and the end.

    Some say first what they die of, and then much besides; others tell it last."""
    _unsent: memoryview = field(default_factory=lambda: memoryview(b""))
    _received: bytearray = field(default_factory=bytearray)

    def ask(self, request: bytes) -> bytes:
        """The answer to ``request``, header and all.

        Neither side waits for the other for ever: what comes is read while the request is sent.
        Raises HungUp, or SandboxError when time is up or the answer is too large.
        """
        deadline = time.monotonic() + self.limits.wall_seconds
        self.last_words = b""
        self._unsent, self._received = memoryview(request), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self.to_worker, EVENT_WRITE)
            selector.register(self.from_worker, EVENT_READ)
            selector.register(self.complaints, EVENT_READ)
            while not self._is_complete():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise self.limits.too_slow()
                for key, _ in selector.select(left):
                    if not self._goes_on(key.fd):
                        selector.unregister(key.fd)
        return bytes(self._received)

    def hear_out(self) -> bytes:
        """The last words of a worker that ended."""
        with suppress(BlockingIOError):
            while self._listen():
                pass
        return self.last_words

    def _goes_on(self, pipe: int) -> bool:
        """Do what ``pipe`` is ready for; whether there is more to do on it."""
        if pipe == self.to_worker:
            return self._send()
        return self._receive() if pipe == self.from_worker else self._listen()

    def _send(self) -> bool:
        try:
            self._unsent = self._unsent[os.write(self.to_worker, self._unsent[:_CHUNK]) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            return False  # it is dying, and what it says last tells why
        return len(self._unsent) > 0

    def _receive(self) -> bool:
        chunk = os.read(self.from_worker, _CHUNK)
        if not chunk:
            raise HungUp
        self._received += chunk
        return True

    def _listen(self) -> bool:
        chunk = os.read(self.complaints, _CHUNK)
        words = self.last_words + chunk
        if len(words) > _FIRST_WORDS + _LAST_WORDS:
            words = words[:_FIRST_WORDS] + words[-_LAST_WORDS:]
        self.last_words = words
        return bool(chunk)

    def _is_complete(self) -> bool:
        if len(self._received) < ANSWER.size:
            return False
        size: int = ANSWER.unpack_from(self._received)[2]
        if size > max(self.limits.output_bytes, MAX_REFUSAL):
            raise self.limits.too_much()
        return len(self._received) >= ANSWER.size + size
