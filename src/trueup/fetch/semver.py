"""Version ranges over tags, with the semantics of Masterminds/semver v3, which Flux uses.

A range is a list of alternatives (``||``), each a list of comparisons that must all hold. A
comparison may leave parts open (``1.x``, ``>2``): what that means differs by operator.
Prereleases take part only in an alternative that names one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from trueup.errors import InputError

_MAX_VERSION = 256
_MAX_RANGE = 512
_MAX_ALTERNATIVES = 32
_MAX_NUMBER = 2**64 - 1

_SUFFIX = (
    r"(-(?:[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?"
    r"(\+(?:[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?"
)
_VERSION = re.compile(rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?{_SUFFIX}")

_S = r"[\t\n\f\r ]"
_OPERATOR = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^"
_PART = r"[0-9|xX*]+"
_OPEN = rf"v?({_PART})(\.{_PART})?(\.{_PART})?{_SUFFIX}"
_BARE = re.sub(r"\((?!\?)", "(?:", _OPEN)
_COMPARISON = re.compile(rf"{_S}*({_OPERATOR}){_S}*({_OPEN}){_S}*")
_EACH = re.compile(rf"(?:{_OPERATOR}){_S}*{_BARE}")
_ALTERNATIVE = re.compile(
    rf"{_S}*(?:{_OPERATOR}){_S}*{_BARE}{_S}*"
    rf"(?:(?:{_S}+|,{_S}*)(?:{_OPERATOR}){_S}*{_BARE}{_S}*)*"
)
_HYPHEN = re.compile(rf"{_S}*({_BARE}){_S}+-{_S}+({_BARE}){_S}*")

_Numbers = tuple[int, int, int]
_PrereleaseKey = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Versions compare by precedence: build metadata and spelling do not count."""

    numbers: _Numbers
    _rank: tuple[int, _PrereleaseKey]
    text: str = field(compare=False)

    @property
    def is_prerelease(self) -> bool:
        return self._rank[0] == 0

    @classmethod
    def parse(cls, text: str) -> Version:
        """A version, a leading ``v``, leading zeros and missing parts allowed; else ValueError."""
        found = _VERSION.fullmatch(text) if len(text) <= _MAX_VERSION else None
        if found is None:
            raise ValueError("invalid semantic version")
        major, minor, patch = (int(part or 0) for part in found.group(1, 2, 3))
        if max(major, minor, patch) > _MAX_NUMBER:
            raise ValueError("version number out of range")
        prerelease = (found.group(4) or "")[1:]
        return cls((major, minor, patch), _rank_of(prerelease), text)

    @classmethod
    def find(cls, text: str) -> Version | None:
        """As ``parse``, but None for what is no version."""
        try:
            return cls.parse(text)
        except ValueError:
            return None


def _rank_of(prerelease: str) -> tuple[int, _PrereleaseKey]:
    if not prerelease:
        return (1, ())
    parts = prerelease.split(".")
    if any(part.isdigit() and len(part) > 1 and part[0] == "0" for part in parts):
        raise ValueError("prerelease number starts with 0")
    return (0, tuple(_identifier_key(part) for part in parts))


def _identifier_key(part: str) -> tuple[int, int, str]:
    if part.isdigit() and int(part) <= _MAX_NUMBER:
        return (0, int(part), "")
    return (1, 0, part)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """``bound`` with its first ``fixed`` numbers given; 0 for a wildcard, 3 for a full version."""

    operator: str
    bound: Version
    fixed: int

    def allows(self, version: Version) -> bool:
        return _OPERATORS[self.operator](version, self)


@dataclass(frozen=True, slots=True)
class Range:
    """A parsed range; ``allows`` tells whether a version is in it."""

    alternatives: tuple[tuple[_Comparison, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Range:
        """Raises InputError with Masterminds' words for a range that it refuses too."""
        if len(text.encode()) > _MAX_RANGE:
            raise _refused(f"constraint string is too long (max {_MAX_RANGE} bytes)")
        alternatives = _spell_out_hyphens(text).split("||")
        if len(alternatives) > _MAX_ALTERNATIVES:
            raise _refused(f"too many constraint groups (max {_MAX_ALTERNATIVES})")
        return cls(tuple(_parse_alternative(each) for each in alternatives))

    def allows(self, version: Version) -> bool:
        return any(_all_allow(comparisons, version) for comparisons in self.alternatives)


def matching_tags(text: str, tags: list[str]) -> list[str]:
    """The tags with the highest version in the range: more than one where versions tie.

    As in Flux a tag needs three parts to count as a version. Raises InputError for a bad range.
    """
    wanted = Range.parse(text)
    versions = [version for version in map(_version_of_tag, tags) if version is not None]
    allowed = [version for version in versions if wanted.allows(version)]
    highest = max(allowed, default=None)
    return sorted(version.text for version in allowed if version == highest)


def _version_of_tag(tag: str) -> Version | None:
    return Version.find(tag) if tag.count(".") >= 2 else None


def _all_allow(comparisons: tuple[_Comparison, ...], version: Version) -> bool:
    names_prerelease = any(comparison.bound.is_prerelease for comparison in comparisons)
    if version.is_prerelease and not names_prerelease:
        return False
    return all(comparison.allows(version) for comparison in comparisons)


def _refused(why: str) -> InputError:
    return InputError(
        f"semver parse error: {why}", next_step='write a range such as ">=1.0.0 <2.0.0" or "1.x"'
    )


def _spell_out_hyphens(text: str) -> str:
    return _HYPHEN.sub(lambda found: f">= {found.group(1)}, <= {found.group(2)} ", text)


def _parse_alternative(text: str) -> tuple[_Comparison, ...]:
    if not _ALTERNATIVE.fullmatch(text):
        raise _refused(f'improper constraint: "{text}"')
    return tuple(_parse_comparison(found.group()) for found in _EACH.finditer(text))


def _parse_comparison(text: str) -> _Comparison:
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise _refused(f'improper constraint: "{text}"')
    major, minor, patch = (found.group(n) or "" for n in (3, 4, 5))
    given = [major, minor.removeprefix("."), patch.removeprefix(".")]
    fixed = next((n for n, part in enumerate(given) if part in ("", "x", "X", "*")), 3)
    prerelease, metadata = found.group(6) or "", found.group(7) or ""
    numbers = ".".join([*given[:fixed], *["0"] * (3 - fixed)])
    try:
        bound = Version.parse(numbers + prerelease + (metadata if fixed == 3 else ""))
    except ValueError:
        raise _refused("constraint parser error") from None
    return _Comparison(found.group(1), bound, fixed)


def _equal(version: Version, than: _Comparison) -> bool:
    return version == than.bound if than.fixed == 3 else _tilde(version, than)


def _not_equal(version: Version, than: _Comparison) -> bool:
    if than.fixed == 1:
        return version.numbers[0] != than.bound.numbers[0]
    if than.fixed == 2:
        differs = version.numbers[:2] != than.bound.numbers[:2]
        return differs or version._rank != than.bound._rank
    return version != than.bound


def _greater(version: Version, than: _Comparison) -> bool:
    if than.fixed in (1, 2):
        return version.numbers[: than.fixed] > than.bound.numbers[: than.fixed]
    return version > than.bound


def _less(version: Version, than: _Comparison) -> bool:
    return version < than.bound


def _at_least(version: Version, than: _Comparison) -> bool:
    return version >= than.bound


def _at_most(version: Version, than: _Comparison) -> bool:
    if than.fixed == 3:
        return version <= than.bound
    given = than.fixed or 2
    return version.numbers[:given] <= than.bound.numbers[:given]


def _tilde(version: Version, than: _Comparison) -> bool:
    if version < than.bound:
        return False
    if than.bound.numbers == (0, 0, 0) and than.fixed in (0, 3):
        return True
    given = 1 if than.fixed == 1 else 2
    return version.numbers[:given] == than.bound.numbers[:given]


def _caret(version: Version, than: _Comparison) -> bool:
    if version < than.bound:
        return False
    major, minor, _ = than.bound.numbers
    if major > 0 or than.fixed == 1:
        given = 1
    elif minor > 0 or than.fixed == 2:
        given = 2
    else:
        given = 3
    return version.numbers[:given] == than.bound.numbers[:given]


_OPERATORS: dict[str, Callable[[Version, _Comparison], bool]] = {
    "": _equal,
    "=": _equal,
    "!=": _not_equal,
    ">": _greater,
    "<": _less,
    ">=": _at_least,
    "=>": _at_least,
    "<=": _at_most,
    "=<": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
