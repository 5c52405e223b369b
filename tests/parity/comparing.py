"""What two outcomes of one case say about each other, and about what is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from enum import Enum

from tests.parity.cases import Case, Outcome, recorded_of_tool, recorded_of_trueup
from tests.parity.tools import Tool
from trueup.errors import InputError
from trueup.objects import yaml

_SHOWN = 40
"""Lines of a difference."""


class Likeness(Enum):
    BYTES = "same bytes"
    OBJECTS = "same objects"
    REFUSAL = "both refuse"
    CHANCE = "by chance"
    """The tool itself prints something else each time: nothing can be proven."""
    NONE = "differ"


@dataclass(frozen=True)
class Verdict:
    """``complaints``: why this case does not pass; none where all is as it should be."""

    case: Case
    likeness: Likeness
    complaints: tuple[str, ...]

    @property
    def is_meant(self) -> bool:
        return not self.complaints and self.case.different is not None


def judge(tool: Tool, case: Case, of_tool: Outcome, of_trueup: Outcome) -> Verdict:
    """``case`` in the light of what the real tool and Trueup just said of it."""
    likeness = likeness_of(of_tool, of_trueup)
    accepted = likeness is not Likeness.NONE and (
        tool.demand == "objects" or likeness is not Likeness.OBJECTS
    )
    complaints = []
    if accepted and case.different is not None:
        complaints.append(f"no longer differs, though case.yaml says: {case.different}")
    if of_trueup.is_crash:
        complaints.append(f"Trueup crashed: {of_trueup.error}")
    elif not accepted and case.different is None:
        complaints.append(f"{likeness.value}:\n{_contrast(of_tool, of_trueup)}")
    return Verdict(case, likeness, (*complaints, *_strays(case, of_tool, of_trueup)))


def likeness_of(one: Outcome, other: Outcome) -> Likeness:
    if one.printed is None or other.printed is None:
        return Likeness.REFUSAL if one.printed is other.printed else Likeness.NONE
    if one.printed == other.printed:
        return Likeness.BYTES
    objects = _objects(one.printed), _objects(other.printed)
    same = objects[0] is not None and objects[0] == objects[1]
    return Likeness.OBJECTS if same else Likeness.NONE


def _objects(text: bytes) -> list[object] | None:
    try:
        return yaml.load_all(text)
    except InputError:
        return None


def _strays(case: Case, of_tool: Outcome, of_trueup: Outcome) -> list[str]:
    """What is not as recorded, in a case that has a record."""
    if not (case.folder / "case.yaml").exists():
        return []
    complaints = []
    if recorded_of_tool(case).printed != of_tool.printed:
        complaints.append(f"the tool says other than what is recorded: {_brief(of_tool)}")
    if recorded_of_trueup(case) != of_trueup:
        complaints.append(f"Trueup says other than what is recorded: {_brief(of_trueup)}")
    return complaints


def _contrast(of_tool: Outcome, of_trueup: Outcome) -> str:
    if of_tool.printed is None or of_trueup.printed is None:
        return f"  tool:   {_brief(of_tool)}\n  Trueup: {_brief(of_trueup)}"
    tool, trueup = (
        text.decode(errors="replace").split("\n") for text in (of_tool.printed, of_trueup.printed)
    )
    lines = list(unified_diff(tool, trueup, "tool", "Trueup", lineterm="", n=2))
    return "\n".join(f"  {line}" for line in lines[:_SHOWN])


def _brief(outcome: Outcome) -> str:
    if outcome.printed is None:
        return f"fails: {outcome.error}"
    return f"prints {len(outcome.printed)} bytes"
