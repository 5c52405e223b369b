"""What is wrong at one place of an object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

FieldPath = tuple[str | int, ...]
"""Keys and positions in lists, from the object down."""

_STEP = re.compile(r"\[(?:(\d+)|([^\]]*))\]|([^.\[\]]+)")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Reason(StrEnum):
    """What kind of problem it is."""

    INVALID = "invalid"
    UNKNOWN_FIELD = "unknown field"
    MISSING_SCHEMA = "missing schema"


@dataclass(frozen=True, slots=True)
class Problem:
    """``message`` says what is wrong with what stands at ``path``."""

    path: FieldPath
    message: str
    reason: Reason = Reason.INVALID

    @property
    def field(self) -> str:
        """The path as Kubernetes writes it: ``spec.list[0].name``; empty for the whole object."""
        return "".join(map(_written, self.path)).removeprefix(".")


def parse_field(text: str) -> FieldPath:
    """The path that Kubernetes writes as ``text``."""
    return tuple(
        int(number) if number else key or plain for number, key, plain in _STEP.findall(text)
    )


def _written(step: str | int) -> str:
    return f".{step}" if isinstance(step, str) and _PLAIN.fullmatch(step) else f"[{step}]"
