"""From an encrypted document to its plain text: open the data key, walk the tree, check the MAC."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trueup.errors import DecryptionError, TrueupError
from trueup.objects.gonumbers import fits, format_float
from trueup.render.sops.cipher import Cipher
from trueup.render.sops.data_key import DataKeys, data_key
from trueup.render.sops.formats import Format
from trueup.render.sops.metadata import Metadata
from trueup.render.sops.stores import store_of
from trueup.render.sops.tree import Branch, Comment, Time, to_bytes

MAX_BYTES = 5 * 2**20
"""Of one encrypted document."""

_ONLY_ENCRYPTED = hashlib.sha256(b"sops").digest()
"""What the MAC begins with where it counts only what is encrypted."""


@dataclass(frozen=True, slots=True)
class Decrypted:
    """A plain document. ``secrets`` are the texts of what was encrypted in it, comments too."""

    content: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def decrypt(
    content: bytes,
    form: Format,
    keys: DataKeys,
    *,
    output: Format | None = None,
    source: str = "",
    check_mac: bool = True,
) -> Decrypted:
    """The plain text of ``content``, in the bytes of ``sops decrypt``.

    ``output`` is another format than ``form`` to write it in. ``source`` names it in errors.
    Without ``check_mac`` each encrypted leaf still counts only at its own path. Raises
    DecryptionError or YamlError, with file and field and never a value.
    """
    try:
        if len(content) > MAX_BYTES:
            raise DecryptionError(f"is larger than {MAX_BYTES} bytes")
        branches, metadata = store_of(form).load_encrypted(content)
        cipher = Cipher(data_key(metadata, keys))
        walk = _Walk(metadata, cipher)
        plain = [walk.branch(branch, ()) for branch in branches]
        if check_mac:
            _check(metadata, cipher, walk.mac)
        return Decrypted(store_of(output or form).emit(plain), tuple(walk.secrets))
    except TrueupError as error:
        error.subject = ": ".join(part for part in (source, error.subject) if part)
        raise
    except RecursionError as error:
        raise DecryptionError("is nested too deeply", subject=source) from error


def _check(metadata: Metadata, cipher: Cipher, computed: str) -> None:
    try:
        noted = cipher.decrypt(metadata.mac, metadata.last_modified)
    except DecryptionError as error:
        error.subject = "sops.mac"
        raise
    if not isinstance(noted, str) or not hmac.compare_digest(to_bytes(noted), computed.encode()):
        raise DecryptionError(
            "the MAC does not match: the file was changed after it was encrypted"
            if noted
            else "there is no MAC",
            next_step="find out who changed it, and encrypt it anew",
        )


class _Walk:
    """One pass over all leaves, in their order, with the MAC growing by each."""

    def __init__(self, metadata: Metadata, cipher: Cipher) -> None:
        self._rule = metadata.rule
        self._only_encrypted = metadata.mac_only_encrypted
        self._cipher = cipher
        self.secrets: list[str] = []
        self._hash = hashlib.sha512(_ONLY_ENCRYPTED if self._only_encrypted else b"")

    @property
    def mac(self) -> str:
        return self._hash.hexdigest().upper()

    def branch(self, branch: Branch, path: tuple[str, ...], marked: bool = False) -> Branch:
        """``marked``: whether a comment above it is one that the rule counts."""
        found, here = Branch(), marked
        for key, value in branch:
            if isinstance(key, Comment):
                before, here = here, here or self._rule.marks(key.text)
                found.append((self._comment(key, path, before, here), None))
                continue
            if not isinstance(key, str):
                raise DecryptionError(
                    "a key is no string, and SOPS encrypts none other", subject=_field(path)
                )
            found.append((key, self._value(value, (*path, key), here)))
            here = marked
        return found

    def _list(self, items: list[Any], path: tuple[str, ...], marked: bool) -> list[Any]:
        found, here = [], marked
        for item in items:
            if isinstance(item, Comment):
                before, here = here, here or self._rule.marks(item.text)
                found.append(self._leaf(item, path, here if self._rule.marks_itself else before))
            else:
                found.append(self._value(item, path, here))
                here = marked
        return found

    def _comment(
        self, comment: Comment, path: tuple[str, ...], before: bool, here: bool
    ) -> Comment:
        found = self._leaf(comment, path, here if self._rule.marks_itself else before)
        return found if isinstance(found, Comment) else Comment(str(found), comment.inline)

    def _value(self, value: Any, path: tuple[str, ...], marked: bool) -> Any:
        if isinstance(value, Branch):
            return self.branch(value, path, marked)
        if isinstance(value, list):
            return self._list(value, path, marked)
        return None if value is None else self._leaf(value, path, marked)

    def _leaf(self, value: Any, path: tuple[str, ...], marked: bool) -> Any:
        encrypted = self._rule.encrypts(path, is_marked=marked)
        plain = self._decrypted(value, path) if encrypted else value
        if (encrypted or not self._only_encrypted) and not isinstance(plain, Comment):
            self._hash.update(_hashed(plain, path))
        return plain

    def _decrypted(self, value: Any, path: tuple[str, ...]) -> Any:
        bound_to = ":".join(path) + ":"
        if isinstance(value, Comment):
            try:
                plain = self._cipher.decrypt(value.text, bound_to)
            except DecryptionError:
                return value  # it was not encrypted: early releases left comments alone
        else:
            try:
                if not isinstance(value, str):
                    raise DecryptionError("should be encrypted, and is not even text")
                plain = self._cipher.decrypt(value, bound_to)
            except DecryptionError as error:
                error.subject = _field(path)
                raise
        self._note(plain)
        return plain

    def _note(self, plain: Any) -> None:
        """A truth value tells nothing by itself; numbers stand for themselves in any format."""
        if isinstance(plain, Comment | Time):
            plain = plain.text
        if isinstance(plain, float):
            self.secrets += sorted({format_float(plain, "f"), format_float(plain, "g")})
        elif plain != "" and not isinstance(plain, bool):
            self.secrets.append(str(plain))


def _hashed(value: Any, path: Sequence[str]) -> bytes:
    match value:
        case str():
            return to_bytes(value)
        case bool():
            return b"True" if value else b"False"
        case int() if fits(value):
            return str(value).encode()
        case float():
            return format_float(value, "f").encode()
        case Time():
            return value.text.encode()
    raise DecryptionError("holds what SOPS does not count", subject=_field(path))


def _field(path: Sequence[str]) -> str:
    return ".".join(path)
