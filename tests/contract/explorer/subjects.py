"""What the explorer plays with: the kinds of ``subjects.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trueup.objects import yaml


@dataclass(frozen=True, eq=False)
class Subject:
    """A resource; ``least`` is the least body that a server takes, without its metadata."""

    name: str
    place: str
    api_version: str
    kind: str
    least: dict[str, Any]
    pieces: tuple[dict[str, Any], ...]
    status: tuple[dict[str, Any], ...] = ()
    subresources: tuple[str, ...] = ()
    definition: dict[str, Any] | None = None
    is_wide: bool = False
    """Whether only a wide search plays with it."""
    later: tuple[dict[str, Any], ...] = ()
    """Schemas that may take the place of the definition's, in the course of a sequence."""

    @property
    def typed(self) -> dict[str, Any]:
        return {"apiVersion": self.api_version, "kind": self.kind}


def _subject(name: str, given: dict[str, Any]) -> Subject:
    lists = {key: tuple(value) for key, value in given.items() if isinstance(value, list)}
    return Subject(name=name, api_version=given["apiVersion"], **_rest(given) | lists)


def _rest(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != "apiVersion"}


_TABLE = yaml.load((Path(__file__).parent / "subjects.yaml").read_bytes())
METADATA: tuple[dict[str, Any], ...] = tuple(_TABLE["metadata"])
SUBJECTS = {name: _subject(name, given) for name, given in _TABLE["subjects"].items()}
ALL_BUILT_IN = tuple(each for each in SUBJECTS.values() if each.definition is None)
BUILT_IN = tuple(each for each in ALL_BUILT_IN if not each.is_wide)
CUSTOM = tuple(each for each in SUBJECTS.values() if each.definition and not each.later)
CHANGING = tuple(each for each in SUBJECTS.values() if each.later)
