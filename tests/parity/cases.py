"""A case: a folder with what is rendered, and what the real tool makes of it.

::

    tests/cases/parity/<tool>/<theme>/<case>/
        case.yaml           name: a sentence; the rest as it is needed (see Case)
        input/              the files
        expected.yaml|txt   what the real tool prints; not there where it fails
        error               what Trueup says where it refuses the input
        instead.yaml|txt    what Trueup prints, where its bytes are others

To add one, write ``case.yaml`` and ``input/`` and run ``make parity PARITY="--update FOLDER"``: the
rest is written by what the two say. A difference that is meant has its reason in ``case.yaml``, as
``different``; so a case has both ``expected`` and ``error`` where Trueup refuses what the tool takes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trueup.objects import yaml

CASES = Path(__file__).parents[1] / "cases" / "parity"
DESCRIPTION = "case.yaml"


@dataclass(frozen=True)
class Case:
    """``path`` is what is rendered, below ``input``; ``flags`` go to both, by the tool's names.

    ``env`` is what the environment of the real tool has beside PATH and HOME, with ``INPUT`` for the
    folder of the files.
    """

    folder: Path
    name: str
    path: str = "."
    flags: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    different: str | None = None

    @property
    def input(self) -> Path:
        return self.folder / "input"


@dataclass(frozen=True)
class Outcome:
    """What one of the two made of a case: what it printed, or else how it failed.

    ``is_crash``: it failed by a defect, not by saying no.
    """

    printed: bytes | None = None
    error: str | None = None
    is_crash: bool = False


def folders(root: Path) -> list[Path]:
    """The folders of cases at or below ``root``, sorted. Reads no case."""
    return sorted(_found(str(root)))


def _found(folder: str) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        below = list(entries)
    if any(entry.name == DESCRIPTION for entry in below):
        yield Path(folder)
        return
    for entry in below:
        if entry.is_dir(follow_symlinks=False):
            yield from _found(entry.path)


def load(folder: Path) -> Case:
    """The case in ``folder``; TypeError for a key that a case does not have."""
    described: dict[str, Any] = yaml.load((folder / DESCRIPTION).read_bytes(), str(folder))
    flags = tuple(str(flag) for flag in described.pop("flags", ()))
    return Case(folder, flags=flags, **described)


def tool_of(folder: Path) -> str:
    """The tool whose case lies in ``folder``."""
    return folder.resolve().relative_to(CASES).parts[0]


def recorded_of_tool(case: Case) -> Outcome:
    """What the real tool is known to say. Of its failure the words are not kept."""
    printed = _text(case, "expected")
    return Outcome(printed) if printed is not None else Outcome(error="fails")


def recorded_of_trueup(case: Case) -> Outcome:
    """What Trueup has to say."""
    refusal = case.folder / "error"
    if refusal.exists():
        return Outcome(error=refusal.read_text(encoding="utf-8").removesuffix("\n"))
    printed = _text(case, "instead")
    return Outcome(printed if printed is not None else _text(case, "expected"))


def record(case: Case, of_tool: Outcome, of_trueup: Outcome, suffix: str) -> None:
    """Writes down what was said. ``suffix`` (``.yaml``, ``.txt``) tells what is printed."""
    _write(case.folder / f"expected{suffix}", of_tool.printed)
    error = None if of_trueup.error is None else f"{of_trueup.error}\n".encode()
    _write(case.folder / "error", error)
    differs = of_trueup.printed != of_tool.printed
    _write(case.folder / f"instead{suffix}", of_trueup.printed if differs else None)


def _text(case: Case, stem: str) -> bytes | None:
    for suffix in (".yaml", ".txt"):
        path = case.folder / f"{stem}{suffix}"
        if path.exists():
            return path.read_bytes()
    return None


def _write(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
