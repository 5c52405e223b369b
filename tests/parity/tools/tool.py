"""What the runner has to know of a tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.parity.cases import Case


@dataclass(frozen=True)
class Tool:
    """How a tool and Trueup render the same input.

    ``arguments`` are those of the real program, in the folder ``case.input``; ``trueup`` gives what
    Trueup prints, or raises TrueupError. ``suffix`` is that of the recorded output. ``demand`` is what
    has to be the same. ``marks`` are names of files that make a folder one that the tool renders.
    """

    name: str
    arguments: Callable[[Case], list[str]]
    trueup: Callable[[Case], bytes]
    suffix: Literal[".yaml", ".txt"] = ".yaml"
    demand: Literal["bytes", "objects"] = "bytes"
    marks: tuple[str, ...] = ()
