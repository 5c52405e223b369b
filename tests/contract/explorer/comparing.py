"""Where two answers part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ABSENT = "<absent>"
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Difference:
    """In the answer to step ``index``, at ``path``: what the real server has, and what ours."""

    index: int
    subject: str
    path: Path
    real: Any
    ours: Any
    answer: Any
    """The whole of the real server's answer."""
    where: str = ""
    sort: str = ""
    """Of the request, whatever its kind."""
    codes: tuple[int, ...] = ()
    """What the real server answered to the steps up to this one."""

    @property
    def signature(self) -> str:
        """The same for what is most likely the same defect."""
        path = ".".join("#" if isinstance(part, int) else part for part in self.path)
        return f"{self.sort} {path}: {_gist(self.real)} | {_gist(self.ours)}"

    def __str__(self) -> str:
        path = ".".join(map(str, self.path))
        return f"{self.where}: {path}\n  real {self.real!r}\n  ours {self.ours!r}"


def _gist(value: Any) -> str:
    text = re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "_", str(value))
    return re.sub(r"x{20,}", "x", text)[:90]


def parts(real: Any, ours: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """All the places at which the two differ, with what each has there."""
    if isinstance(real, dict) and isinstance(ours, dict):
        for key in sorted(real.keys() | ours.keys()):
            yield from parts(real.get(key, ABSENT), ours.get(key, ABSENT), (*path, key))
    elif isinstance(real, list) and isinstance(ours, list) and len(real) == len(ours):
        for at, (one, other) in enumerate(zip(real, ours, strict=True)):
            yield from parts(one, other, (*path, at))
    elif real != ours or type(real) is not type(ours):
        yield path, real, ours
