"""What an archive holds, in the words of all formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trueup.errors import TreeError


@dataclass(frozen=True, slots=True)
class Member:
    """One entry as it stands in the archive; bytes that are no UTF-8 are surrogates in ``name``.

    ``target`` is where a symlink leads, or the name of the entry that a hard link shares.
    """

    name: str
    kind: Literal["file", "dir", "link", "hard link"]
    content: bytes = b""
    target: str = ""


def damaged(why: str, name: str = "") -> TreeError:
    """The error for an archive that breaks the rules of its format."""
    return TreeError(
        f"the archive is damaged: {why}", subject=name, next_step="make or fetch it again"
    )


def decode(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
