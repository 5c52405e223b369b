"""What a source leaves out: ``.sourceignore`` files and the ``ignore`` text of a source.

The patterns are gitignore's as Flux reads them (fluxcd/pkg/sourceignore, after go-git), which
differs from git itself: a name in an excluded folder can be taken in again, ``**`` counts only
as a whole part of a path, and ``#`` or ``!`` lose their meaning behind a backslash alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from trueup.tree import Tree
from trueup.tree.filter import FilteredTree
from trueup.tree.glob import compile_glob

IGNORE_FILE: Final = ".sourceignore"

_VCS: Final = ".git/ .gitignore .gitmodules .gitattributes"
_DEFAULTS: Final = (
    "*.jpg *.jpeg *.gif *.png *.wmv *.flv *.tar.gz *.zip "
    ".github/ .circleci/ .travis.yml .gitlab-ci.yml appveyor.yml .drone.yml cloudbuild.yaml "
    "codeship-services.yml codeship-steps.yml "
    "**/.goreleaser.yml **/.sops.yaml **/.flux.yaml"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line, for what lies below ``domain``.

    ``text`` is the line itself; ``again`` marks one that takes in again (``!``).
    """

    domain: tuple[bytes, ...]
    text: str
    again: bool
    only_directories: bool
    parts: tuple[bytes, ...]

    def matches(self, path: Sequence[bytes], is_dir: bool) -> bool:
        """Whether ``path``, or a folder that it lies in, is what the pattern names."""
        depth = len(self.domain)
        if len(path) <= depth or tuple(path[:depth]) != self.domain:
            return False
        if len(self.parts) == 1:
            return self._matches_name(path[depth:], is_dir)
        return self._matches_path(path[depth:], is_dir)

    def _matches_name(self, path: Sequence[bytes], is_dir: bool) -> bool:
        matches = compile_glob(self.parts[0])
        found = next((at for at, name in enumerate(path) if matches(name)), None)
        if found is None:
            return False
        return is_dir or not self.only_directories or found < len(path) - 1

    def _matches_path(self, path: Sequence[bytes], is_dir: bool) -> bool:
        at = 0
        matched = anywhere = False
        for number, part in enumerate(self.parts):
            if part == b"":
                anywhere = False
            elif part == b"**":
                anywhere = number < len(self.parts) - 1
            elif b"**" in part or at == len(path):
                return False
            elif anywhere:
                anywhere = False
                matches = compile_glob(part)
                found = next((n for n in range(at, len(path)) if matches(path[n])), None)
                matched = found is not None
                at = len(path) if found is None else found + 1
            elif compile_glob(part)(path[at]):
                matched = True
                at += 1
            else:
                return False
        if self.only_directories and not is_dir and at == len(path):
            return False
        return matched


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """Patterns in the order of their weight: the last one that matches decides."""

    patterns: tuple[Pattern, ...]

    def ignores(self, path: Sequence[str], is_dir: bool) -> bool:
        """Whether the file or folder at ``path`` is left out."""
        names = [name.encode("utf-8", "surrogateescape") for name in path]
        for pattern in reversed(self.patterns):
            if pattern.matches(names, is_dir):
                return not pattern.again
        return False

    @property
    def may_take_in_again(self) -> bool:
        """Whether something below an ignored folder may be there all the same."""
        return any(pattern.again for pattern in self.patterns)

    @property
    def digest(self) -> str:
        """Equal for equal rules."""
        lines = (f"{b'/'.join(p.domain)!r} {p.text!r}" for p in self.patterns)
        return sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def parse(text: str, domain: Sequence[str] = ()) -> list[Pattern]:
    """The patterns of ``text``, one a line, for what lies below ``domain``."""
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    return [_pattern(line, domain) for line in lines if line.strip() and not line.startswith("#")]


Memo = dict[tuple[str, tuple[str, ...]], list[Pattern]]
"""The patterns below folders by digest and place: good for trees whose digests tell the content."""

_MEMO_FOLDERS = 100_000
_DECISIONS = 50_000


def load(
    tree: Tree, path: str = "", domain: Sequence[str] = (), memo: Memo | None = None
) -> list[Pattern]:
    """The patterns of every ``.sourceignore`` at ``path`` and below, outer ones first.

    ``domain`` is where ``path`` lies, in the eyes of who asks. With ``memo`` a folder that was
    looked through before is not looked through again.
    """
    prefix = f"{path}/" if path else ""
    patterns: list[Pattern] = []
    if tree.is_file(prefix + IGNORE_FILE):
        text = tree.read(prefix + IGNORE_FILE).decode("utf-8", "surrogateescape")
        patterns = parse(text, domain)
    for entry in tree.entries(path):
        if entry.kind != "dir" or entry.name == ".git":
            continue
        place = (*domain, entry.name)
        found = memo.get((entry.digest, place)) if memo is not None else None
        if found is None:
            found = load(tree, prefix + entry.name, place, memo)
            if memo is not None:
                memo[entry.digest, place] = found
        patterns += found
    return patterns


def with_defaults(patterns: Iterable[Pattern], domain: Sequence[str] = ()) -> IgnoreRules:
    """``patterns`` after Flux's own: version control, pictures and archives, CI files."""
    return IgnoreRules((*_own(_VCS, domain), *_own(_DEFAULTS, domain), *patterns))


def source_rules(patterns: Sequence[Pattern]) -> IgnoreRules:
    """The rules of a source: any pattern of the user replaces Flux's, but for version control."""
    if not patterns:
        return with_defaults(())
    return IgnoreRules((*_own(_VCS, ()), *patterns))


def filter_source(tree: Tree, ignore: str | None = None, memo: Memo | None = None) -> Tree:
    """``tree`` as a source offers it: without what is ignored and without symlinks.

    ``ignore`` is the source's own text, which weighs more than the ``.sourceignore`` files;
    ``memo`` serves all commits of a repository.
    """
    if memo is not None and len(memo) > _MEMO_FOLDERS:
        memo.clear()
    patterns = load(tree, memo=memo)
    if ignore is not None:
        patterns += parse(ignore)
    rules = source_rules(patterns)
    return FilteredTree(
        tree, _decider(rules), search_hidden=rules.may_take_in_again, mark=rules.digest
    )


@lru_cache(maxsize=4)
def _decider(rules: IgnoreRules) -> Callable[[Sequence[str], bool], bool]:
    """``rules.ignores`` with what it said before: from one commit to the next most paths stay."""
    return lru_cache(maxsize=_DECISIONS)(rules.ignores)


def _own(texts: str, domain: Sequence[str]) -> list[Pattern]:
    return [_pattern(text, domain) for text in texts.split()]


def _pattern(line: str, domain: Sequence[str]) -> Pattern:
    again = line.startswith("!")
    text = line[1:] if again else line
    if not text.endswith("\\ "):
        text = text.rstrip(" ")
    only_directories = text.endswith("/")
    if only_directories:
        text = text[:-1]
    encode = [name.encode("utf-8", "surrogateescape") for name in domain]
    parts = text.encode("utf-8", "surrogateescape").split(b"/")
    return Pattern(tuple(encode), line, again, only_directories, tuple(parts))
