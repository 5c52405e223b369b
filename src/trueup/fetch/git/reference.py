"""What a GitRepository's ``ref`` means on a remote, and how the result is written down.

Flux's precedence: commit, then name, then semver, then tag, then branch (``master`` where nothing
is said). Pure: the remote's references come in as a mapping, as ``git ls-remote`` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.errors import InputError
from trueup.fetch.git.errors import GitError
from trueup.fetch.semver import Range, matching_tags

DEFAULT_BRANCH = "master"
PEELED = "^{}"
"""What ``ls-remote`` puts after an annotated tag's name to show the object behind it."""

_FLAGS = {"refs/heads/": "--heads", "refs/tags/": "--tags"}

Listing = Mapping[str, str]
"""Full reference name -> object id."""


@dataclass(frozen=True, slots=True)
class Reference:
    """``spec.ref`` of a GitRepository; all empty is the branch ``master``."""

    branch: str = ""
    tag: str = ""
    semver: str = ""
    name: str = ""
    commit: str = ""

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any] | None) -> Reference:
        """From the resource's own field, which may be absent."""
        spec = spec or {}
        fields = ("branch", "tag", "semver", "name", "commit")
        return cls(**{each: str(spec.get(each) or "") for each in fields})

    def check(self) -> None:
        """Raises InputError for what no remote could ever answer."""
        if self.commit:
            if len(self.commit) not in (40, 64) or not _is_hex(self.commit):
                raise InputError(
                    f"'{self.commit}' is not a full commit id",
                    next_step="write all 40 (SHA-256: 64) hexadecimal digits",
                )
        elif self.name:
            if self.name.startswith("/") or self.name.endswith("/"):
                raise InputError(
                    f"ref {self.name} is invalid; Git refs cannot begin or end with a slash '/'"
                )
        elif self.semver:
            Range.parse(self.semver)

    @property
    def branch_name(self) -> str:
        """The branch that is followed; empty where it is a tag, a commit or another reference."""
        if self.commit or (not self.name and (self.semver or self.tag)):
            return ""
        if self.name:
            start = "refs/heads/"
            return self.name.removeprefix(start) if self.name.startswith(start) else ""
        return self.branch or DEFAULT_BRANCH

    @property
    def listing_flags(self) -> list[str]:
        """What narrows ``git ls-remote`` to the references that can matter."""
        if self.commit:
            return ["--heads"]  # nothing is looked up: the remote is asked whether we may read it
        if self.name:
            return [flag for start, flag in _FLAGS.items() if self.name.startswith(start)]
        return ["--tags"] if self.semver or self.tag else ["--heads"]


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, and the name under which it was found.

    ``text`` is the revision as Flux writes it: ``main@sha1:…``, ``v1.0.0@sha1:…``,
    ``refs/pull/1/head@sha1:…`` for a full name, ``sha1:…`` for a commit alone.
    """

    commit: str
    reference: str = ""
    is_absolute: bool = False
    object_id: str = field(default="", compare=False)
    """What ``reference`` points at: the tag object of an annotated tag, else the commit."""
    source: str = field(default="", compare=False)
    """What to ask the remote for: a reference, which every server gives, or a commit id."""

    @classmethod
    def parse(cls, text: str) -> Revision:
        """A revision as it was written down; its reference is known by the short name only."""
        name, _, digest = text.rpartition("@")
        commit = digest.rpartition(":")[2]
        return cls(commit, name, is_absolute=True, object_id=commit, source=commit)

    @property
    def text(self) -> str:
        digest = f"{'sha256' if len(self.commit) == 64 else 'sha1'}:{self.commit}"
        name = self.reference if self.is_absolute else _short(self.reference)
        return f"{name}@{digest}" if name else digest

    def __str__(self) -> str:
        return self.text

    @property
    def tag_name(self) -> str:
        """The tag's name, if the reference is a tag."""
        name = self.reference.removesuffix(PEELED)
        return name.removeprefix("refs/tags/") if name.startswith("refs/tags/") else ""


def candidates(reference: Reference, listing: Listing) -> list[Revision]:
    """What ``reference`` means where the remote has ``listing``.

    One revision, or several for a range whose highest version has several tags: the one with the
    newest commit counts, which a listing does not tell. Raises GitError for what is not there.
    """
    if reference.commit:
        return [_pinned(reference)]
    if reference.name:
        return [_named(reference.name, listing)]
    if reference.semver:
        return _versions(reference.semver, listing)
    if reference.tag:
        return [_existing(f"refs/tags/{reference.tag}", listing)]
    return [_existing(f"refs/heads/{reference.branch or DEFAULT_BRANCH}", listing)]


def _pinned(reference: Reference) -> Revision:
    commit, name = reference.commit.lower(), reference.name
    if not name and reference.branch:
        name = f"refs/heads/{reference.branch}"
    return Revision(commit, name, bool(reference.name), object_id=commit, source=commit)


def _named(name: str, listing: Listing) -> Revision:
    bare = name.removesuffix(PEELED) if name.startswith("refs/tags/") else name
    if bare not in listing:
        raise _unknown(f"unable to resolve ref '{name}' to a specific commit")
    commit = listing.get(bare + PEELED, listing[bare])
    return Revision(commit, name, True, object_id=listing[bare], source=bare)


def _versions(text: str, listing: Listing) -> list[Revision]:
    prefix = "refs/tags/"
    tags = [name.removeprefix(prefix) for name in listing if name.startswith(prefix)]
    found = matching_tags(text, [tag for tag in tags if not tag.endswith(PEELED)])
    if not found:
        raise _unknown(f"no match found for semver: {text}")
    return [_existing(prefix + tag, listing) for tag in found]


def _existing(name: str, listing: Listing) -> Revision:
    if not listing and name.startswith("refs/heads/"):
        raise GitError("git repository is empty", next_step="push a first commit", trouble="empty")
    if name not in listing:
        raise _unknown(f'couldn\'t find remote ref "{name}"')
    commit = listing.get(name + PEELED, listing[name])
    return Revision(commit, name, object_id=listing[name], source=name)


def _unknown(cause: str) -> GitError:
    return GitError(
        cause,
        next_step="check the reference's spelling, and that it was pushed",
        trouble="unknown-ref",
    )


def _short(reference: str) -> str:
    """What follows the second slash; empty where there are fewer (as Flux cuts it)."""
    parts = reference.split("/", 2)
    return parts[2] if len(parts) == 3 else ""


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)
