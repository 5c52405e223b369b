"""The table of faults: ``tests/cases/faults/*.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trueup.objects import yaml

FOLDER = Path(__file__).parents[1] / "cases" / "faults"

RATE = "requests per second"
"""The name under which a test keeps what it counted."""

UNCHANGED, LIVE, GONE, UNSEEN = MEANWHILE = ("unchanged", "live", "gone", "unseen")


@dataclass(frozen=True, slots=True)
class Says:
    """A condition; ``message`` is a regular expression, found anywhere in it."""

    kind: str
    status: str
    reason: str
    message: str
    condition: str = "Ready"


@dataclass(frozen=True, slots=True)
class Case:
    """One fault: how it is made, and what is expected while it lasts."""

    name: str
    fault: str
    meanwhile: str | Says
    """``unchanged``: Ready stays as it was; ``live``: the fault matters so little that the new
    commit becomes live all the same; ``gone``: the delivery itself is; ``unseen``: nobody can look."""
    most: float
    """Requests per second, of all that the controllers do."""
    homes: tuple[str, ...] = ("embedded", "real")
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the fault."""
    log: str = ""
    """A regular expression that the log comes to match."""
    lasts: float = 3
    """Seconds, at least."""
    brings: str = ""
    """What the repository holds besides ConfigMaps."""
    after: Mapping[str, str] = field(default_factory=dict)
    """ConfigMaps that in the end are not as Git says, and what they are."""
    controller: Mapping[str, float] = field(default_factory=dict)
    """Not empty: the controllers run in this process, so that they can be given a clock and
    shorter times to wait."""

    def __str__(self) -> str:
        return self.name


def cases(home: str = "") -> list[Case]:
    """All of them, or those that a home has."""
    files = sorted(FOLDER.glob("*.yaml"))
    found = [_case(item) for file in files for item in yaml.load(file.read_bytes())]
    return [case for case in found if not home or home in case.homes]


def _case(item: dict[str, Any]) -> Case:
    """TypeError for a key that no case has."""
    homes = tuple(item.pop("homes", Case.__dataclass_fields__["homes"].default))
    meanwhile = item.pop("meanwhile")
    said = meanwhile if meanwhile in MEANWHILE else Says(**meanwhile)
    return Case(homes=homes, meanwhile=said, **item)
