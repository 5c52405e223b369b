"""``.helmignore``: which files of a chart's folder are no part of the chart.

Unlike in Git, the first rule that matches decides, and a rule with ``!`` hides all that it does not
match, unless it goes on to the next. That is Helm's reading of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trueup.errors import RenderError
from trueup.tree.glob import is_pattern, matches
from trueup.tree.tree import encode_name

IGNORE_FILE = ".helmignore"
_ALWAYS = "templates/.?*"


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: tuple[bytes, ...]
    """Its segments; a rule of one is held against the last segment of a path alone."""
    anchored: bool
    only_folders: bool
    negated: bool

    def matches(self, segments: list[bytes]) -> bool:
        if not self.anchored:
            segments = segments[-1:]
        if len(segments) != len(self.pattern):
            return False
        return all(map(matches, self.pattern, segments))


def ignore_rules(text: str) -> Callable[[str, bool], bool]:
    """Whether a path, which is a folder or not, is hidden by the rules of ``text``.

    Raises RenderError for a rule that Helm refuses.
    """
    lines = [*text.removeprefix("\ufeff").splitlines(), _ALWAYS]
    stripped = (line.strip() for line in lines)
    rules = [_rule(line) for line in stripped if line and not line.startswith("#")]
    return lambda path, is_folder: _hides(rules, path, is_folder)


def _hides(rules: list[_Rule], path: str, is_folder: bool) -> bool:
    segments = encode_name(path).split(b"/")
    for rule in rules:
        fits = not rule.only_folders or is_folder
        if rule.negated:
            if not fits or not rule.matches(segments):
                return True
        elif fits and rule.matches(segments):
            return True
    return False


def _rule(line: str) -> _Rule:
    if "**" in line:
        raise _refused("double-star (**) syntax is not supported", line)
    if not is_pattern(line.encode()):
        raise _refused("syntax error in pattern", line)
    text = line.removeprefix("!")
    only_folders = text.endswith("/")
    text = text.removesuffix("/")
    anchored = "/" in text
    pattern = tuple(text.removeprefix("/").encode().split(b"/"))
    return _Rule(pattern, anchored, only_folders, negated=line.startswith("!"))


def _refused(why: str, line: str) -> RenderError:
    return RenderError(why, subject=f"{IGNORE_FILE}: {line}", next_step="correct the rule")
