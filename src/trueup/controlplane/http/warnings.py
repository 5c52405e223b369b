"""Warnings that go with an answer: a header each, and not more than a client can bear.

https://kubernetes.io/blog/2020/09/03/warnings/
"""

from __future__ import annotations

from collections.abc import Sequence

_MOST = 4096
"""Characters of all warnings of an answer; if they are more, each is cut."""
_MOST_OF_ONE = 256


def warning_header(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{quoted}"'


def bounded(warnings: Sequence[str]) -> tuple[str, ...]:
    """Those that can be sent: of printable characters, and as many as are read."""
    if not warnings:
        return ()
    sound = [text for text in dict.fromkeys(warnings) if text and not _has_control(text)]
    if sum(map(len, sound)) <= _MOST:
        return tuple(sound)
    kept, size = [], 0
    for text in sound:
        if size < _MOST:
            kept.append(text[:_MOST_OF_ONE])
            size += len(kept[-1])
    return tuple(kept)


def _has_control(text: str) -> bool:
    return any(ord(char) < 32 or 127 <= ord(char) < 160 for char in text)
