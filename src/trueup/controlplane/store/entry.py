"""One stored object, and one change to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

Labels: TypeAlias = Mapping[str, str]


class Encoded(NamedTuple):
    """What the registry hands over to be stored."""

    data: bytes
    labels: Labels


Encoder: TypeAlias = Callable[[int], Encoded]
"""Encodes an object with the revision that it is about to get."""


class Entry:
    """One object at one revision. Compares by identity: the same entry is the same revision."""

    __slots__ = ("data", "key", "labels", "revision")

    def __init__(self, key: str, revision: int, data: bytes, labels: Labels) -> None:
        self.key = key
        self.revision = revision
        self.data = data
        self.labels = labels


class Change:
    """A step from ``before`` to ``after``; None stands for absence.

    A removal keeps the object's last state, at the revision of the removal, in ``removed``.
    ``lines`` is where watch streams share what they made of this change, per representation.
    """

    __slots__ = ("after", "before", "key", "lines", "removed", "revision")

    def __init__(
        self,
        key: str,
        revision: int,
        before: Entry | None,
        after: Entry | None,
        removed: Entry | None = None,
    ) -> None:
        self.key = key
        self.revision = revision
        self.before = before
        self.after = after
        self.removed = removed
        self.lines: dict[object, bytes] = {}
