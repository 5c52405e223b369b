"""Semantic versions: ``semver('1.2.3')``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar, Final

from trueup.cel.registry import function
from trueup.cel.values import EvaluationError

_NUMBER: Final = r"(0|[1-9]\d*)"
_SYNTAX: Final = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Semver:
    """Versions that differ only in build metadata are equal."""

    release: tuple[int, int, int]
    pre: tuple[tuple[int, int, str], ...]
    build: str = field(compare=False)
    cel_type: ClassVar[str] = "kubernetes.Semver"

    @property
    def order(self) -> tuple[object, ...]:
        """A version without pre-release part follows those with one."""
        return (self.release, not self.pre, self.pre)


def parse(text: str, normalize: bool = False) -> Semver:
    """With ``normalize`` also ``v1``, ``1.2`` and ``01.2.3``."""
    match = _SYNTAX.fullmatch(_normalized(text) if normalize else text)
    if match is None:
        raise EvaluationError(f"{text!r} is no semantic version")
    release = (int(match[1]), int(match[2]), int(match[3]))
    if max(release) >= 2**64 or "" in (match[5] or "-").split("."):
        raise EvaluationError(f"{text!r} is no semantic version")
    pre = tuple(map(_identifier, match[4].split("."))) if match[4] else ()
    return Semver(release, pre, match[5] or "")


def _normalized(text: str) -> str:
    parts = text.removeprefix("v").split(".", 2)
    head = [part.lstrip("0") or ("0" if part else "") for part in parts[:2]]
    rest = parts[2:]
    if rest:
        found = re.match(r"(\d*)(.*)", rest[0], re.DOTALL)
        assert found is not None  # every text matches
        number, tail = found.groups()
        rest = [(number.lstrip("0") or ("0" if number else "")) + tail]
    elif any(mark in parts[-1] for mark in "+-"):
        raise EvaluationError("a short version cannot have pre-release or build parts")
    return ".".join([*head, *rest, "0", "0"][:3])


def _identifier(text: str) -> tuple[int, int, str]:
    """Numbers come before words."""
    if not text or (text.isdigit() and len(text) > 1 and text[0] == "0"):
        raise EvaluationError(f"invalid pre-release part {text!r}")
    return (0, int(text), "") if text.isdigit() else (1, 0, text)


@function(
    "kubernetes", "semver", "(string) -> kubernetes.Semver", "(string, bool) -> kubernetes.Semver"
)
def semver(text: str, normalize: bool = False) -> Semver:
    return parse(text, normalize)


@function("kubernetes", "isSemver", "(string) -> bool", "(string, bool) -> bool")
def is_semver(text: str, normalize: bool = False) -> bool:
    try:
        parse(text, normalize)
    except EvaluationError:
        return False
    return True


@function("kubernetes", "isGreaterThan", "kubernetes.Semver.(kubernetes.Semver) -> bool")
def is_greater(this: Semver, other: Semver) -> bool:
    return compare_to(this, other) > 0


@function("kubernetes", "isLessThan", "kubernetes.Semver.(kubernetes.Semver) -> bool")
def is_less(this: Semver, other: Semver) -> bool:
    return compare_to(this, other) < 0


@function("kubernetes", "compareTo", "kubernetes.Semver.(kubernetes.Semver) -> int")
def compare_to(this: Semver, other: Semver) -> int:
    return (this.order > other.order) - (this.order < other.order)


@function("kubernetes", "major", "kubernetes.Semver.() -> int")
def major(this: Semver) -> int:
    return this.release[0]


@function("kubernetes", "minor", "kubernetes.Semver.() -> int")
def minor(this: Semver) -> int:
    return this.release[1]


@function("kubernetes", "patch", "kubernetes.Semver.() -> int")
def patch(this: Semver) -> int:
    return this.release[2]
