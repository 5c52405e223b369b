"""Builds Git repositories for tests: commits, branches, tags, signatures, submodules."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pygit2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Signer = Callable[[bytes], str]
"""From the bytes of a commit or tag to its armoured signature."""

_AUTHOR = ("Test", "test@example.com")
_START = 1_700_000_000


class GitRepo:
    """A bare repository at ``path``, made if it is not there. Every commit is a minute after the one before.

    ``commit`` changes files on top of a branch; ``tag``, ``point`` and ``remove`` set references.
    All return object ids.
    """

    def __init__(self, path: Path, branch: str = "main") -> None:
        self.path = path
        self.branch = branch
        self.repository = (
            pygit2.Repository(str(path))
            if path.exists()
            else pygit2.init_repository(str(path), bare=True, initial_head=branch)
        )
        self._clock = _START

    @property
    def url(self) -> str:
        return f"file://{self.path}"

    def commit(
        self,
        files: Mapping[str, bytes | str | None],
        *,
        branch: str = "",
        message: str = "change",
        signer: Signer | None = None,
        replace: bool = False,
    ) -> str:
        """Adds, changes and (None) removes files; ``replace`` starts a new history without any.

        A value may also be made by ``link_to`` or ``submodule_at``.
        """
        reference = f"refs/heads/{branch or self.branch}"
        tip = None if replace else self.repository.references.get(reference)
        index = pygit2.Index()
        if tip is not None:
            index.read_tree(tip.peel(pygit2.Tree))
        for path, content in files.items():
            self._stage(index, path, content)
        who = _line(self._who())
        head = f"tree {index.write_tree(self.repository)}\n"
        head += f"parent {tip.target}\n" if tip is not None else ""
        head += f"author {who}\ncommitter {who}\n"
        signature = _signature_header(signer, f"{head}\n{message}\n") if signer else ""
        raw = f"{head}{signature}\n{message}\n".encode()
        made = self.repository.write(pygit2.enums.ObjectType.COMMIT, raw)
        return self.point(reference, str(made))

    def merge(self, topic: str, *, message: str = "merge") -> str:
        """Merges the branch ``topic`` with a merge commit."""
        reference = f"refs/heads/{self.branch}"
        ours = self.repository.references[reference].target
        theirs = self.repository.references[f"refs/heads/{topic}"].target
        tree = self.repository.merge_commits(ours, theirs).write_tree(self.repository)
        who = self._who()
        made = self.repository.create_commit(None, who, who, message, tree, [ours, theirs])
        return self.point(reference, str(made))

    def tag(
        self, name: str, target: str = "", *, message: str = "", signer: Signer | None = None
    ) -> str:
        """Tags ``target`` (default: the branch's tip); with a message or a signer, annotated."""
        found = target or str(self.repository.references[f"refs/heads/{self.branch}"].target)
        if not message and signer is None:
            return self.point(f"refs/tags/{name}", found)
        kind = self.repository[found].type_str
        head = f"object {found}\ntype {kind}\ntag {name}\ntagger {_line(self._who())}\n"
        text = f"{head}\n{message or name}\n"
        signature = signer(text.encode()) if signer else ""
        made = self.repository.write(pygit2.enums.ObjectType.TAG, (text + signature).encode())
        return self.point(f"refs/tags/{name}", str(made))

    def point(self, reference: str, target: str) -> str:
        """Makes a reference, or moves it, forwards or not."""
        self.repository.references.create(reference, target, force=True)
        return target

    def remove(self, reference: str) -> None:
        self.repository.references.delete(reference)

    def files(self, reference: str) -> dict[str, bytes]:
        """What a reference holds now, by path."""
        index = pygit2.Index()
        index.read_tree(self.repository.references[reference].peel(pygit2.Tree))
        return {entry.path: self.repository[entry.id].read_raw() for entry in index}

    def _stage(self, index: pygit2.Index, path: str, content: bytes | str | None) -> None:
        if content is None:
            index.remove(path)
            return
        mode, target = pygit2.enums.FileMode.BLOB, None
        if isinstance(content, _Special):
            mode, target = content.mode, content.target
        data = content.encode() if isinstance(content, str) else content
        oid = pygit2.Oid(hex=target) if target else self.repository.create_blob(data)
        index.add(pygit2.IndexEntry(path, oid, mode))

    def _who(self) -> pygit2.Signature:
        self._clock += 30
        return pygit2.Signature(*_AUTHOR, self._clock, 0)


class _Special(str):
    """Content that is no plain file."""

    mode = pygit2.enums.FileMode.BLOB
    target: str | None = None


def link_to(target: str) -> str:
    """Content for ``GitRepo.commit``: a symbolic link."""
    link = _Special(target)
    link.mode = pygit2.enums.FileMode.LINK
    return link


def submodule_at(commit: str) -> str:
    """Content for ``GitRepo.commit``: the recorded commit of a submodule."""
    gitlink = _Special(commit)
    gitlink.mode, gitlink.target = pygit2.enums.FileMode.COMMIT, commit
    return gitlink


def ssh_signer(key: Ed25519PrivateKey, namespace: str = "git") -> Signer:
    """Signs as ``git`` does with ``gpg.format=ssh``."""

    def sign(payload: bytes) -> str:
        fields = (namespace.encode(), b"", b"sha512")
        to_sign = b"SSHSIG" + _strings(*fields, hashlib.sha512(payload).digest())
        signature = _strings(b"ssh-ed25519", key.sign(to_sign))
        public = _strings(b"ssh-ed25519", _raw(key))
        blob = b"SSHSIG\x00\x00\x00\x01" + _strings(public, *fields, signature)
        text = base64.b64encode(blob).decode()
        lines = "\n".join(text[n : n + 70] for n in range(0, len(text), 70))
        return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"

    return sign


def authorized_key(key: Ed25519PrivateKey) -> str:
    """The key's line for an authorized_keys text."""
    wire = _strings(b"ssh-ed25519", _raw(key))
    return f"ssh-ed25519 {base64.b64encode(wire).decode()} test@example.com\n"


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _strings(*fields: bytes) -> bytes:
    return b"".join(len(each).to_bytes(4, "big") + each for each in fields)


def _signature_header(signer: Signer, payload: str) -> str:
    lines = signer(payload.encode()).rstrip("\n").split("\n")
    return "gpgsig " + "\n ".join(lines) + "\n"


def _line(who: pygit2.Signature) -> str:
    return f"{who.name} <{who.email}> {who.time} +0000"
