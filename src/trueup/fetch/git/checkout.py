"""What a fetch gives: a revision, its tree, and the bytes that signatures were made over."""

from __future__ import annotations

from dataclasses import dataclass

import pygit2

from trueup.fetch.git.reference import Revision
from trueup.fetch.git.tree import GitTree

_SIGNATURE_STARTS = (
    b"-----BEGIN PGP SIGNATURE-----",
    b"-----BEGIN SSH SIGNATURE-----",
    b"-----BEGIN SIGNED MESSAGE-----",
    b"-----BEGIN PGP MESSAGE-----",
)


@dataclass(frozen=True, slots=True)
class SignedObject:
    """An object without its signature, and the signature's armoured text ("" if unsigned)."""

    id: str
    payload: bytes
    signature: str


@dataclass(frozen=True, slots=True)
class TagObject:
    """The tag that a revision was found by; ``signed`` is None for a lightweight one."""

    name: str
    signed: SignedObject | None = None

    def __str__(self) -> str:
        return f"{self.name}@{self.signed.id}" if self.signed else self.name


@dataclass(frozen=True, slots=True)
class Checkout:
    """A commit that lies in the cache. ``tree`` reads from there for as long as it is held."""

    revision: Revision
    tree: GitTree
    commit: SignedObject
    tag: TagObject | None = None


def signed_commit(repository: pygit2.Repository, commit: str) -> SignedObject:
    """The commit's bytes with the header that holds the signature taken out, as git signs it."""
    raw = repository[commit].read_raw()
    header, separator, message = raw.partition(b"\n\n")
    kept: list[bytes] = []
    signature: list[bytes] = []
    wanted = b"gpgsig-sha256" if len(commit) == 64 else b"gpgsig"
    target = kept
    for line in header.split(b"\n"):
        name, _, value = line.partition(b" ")
        if line.startswith(b" "):
            target.append(line[1:] if target is signature else line)
        elif name == wanted and not signature:
            target = signature
            signature.append(value)
        else:
            target = kept
            kept.append(line)
    text = b"\n".join(signature).decode("utf-8", "replace")
    return SignedObject(commit, b"\n".join(kept) + separator + message, text)


def tag_of(repository: pygit2.Repository, revision: Revision) -> TagObject | None:
    """The tag behind a revision that was found by one, with its signature if it is annotated."""
    if not revision.tag_name:
        return None
    found = repository[revision.object_id]
    if not isinstance(found, pygit2.Tag):
        return TagObject(revision.tag_name)
    raw = found.read_raw()
    start = max(_line_start(raw, each) for each in _SIGNATURE_STARTS)
    if start < 0:
        return TagObject(revision.tag_name, SignedObject(revision.object_id, raw, ""))
    signature = raw[start:].decode("utf-8", "replace")
    return TagObject(revision.tag_name, SignedObject(revision.object_id, raw[:start], signature))


def _line_start(raw: bytes, text: bytes) -> int:
    """Where the last line that begins with ``text`` starts; -1 if none does."""
    found = raw.rfind(b"\n" + text)
    return found + 1 if found >= 0 else -1
