"""Any folder as cases: each directory in it that a tool renders, rendered as it lies there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.parity.cases import Case
from tests.parity.tools import Tool


@dataclass(frozen=True)
class WildCase(Case):
    """A directory of somebody's repository; ``folder`` is the root of that."""

    @property
    def input(self) -> Path:
        return self.folder


def wild_cases(tool: Tool, root: Path, flags: tuple[str, ...]) -> Iterator[Case]:
    """One for each directory at or below ``root`` that has one of the marks of ``tool``."""
    for folder, below, files in os.walk(root):
        below[:] = sorted(name for name in below if name != ".git")
        if any(mark in files for mark in tool.marks):
            path = os.path.relpath(folder, root)
            yield WildCase(root, f"{root.name}: {path}", path, flags)
