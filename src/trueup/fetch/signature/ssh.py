"""SSH signatures over a payload (OpenSSH's PROTOCOL.sshsig), namespace ``git``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from trueup.fetch.signature.armor import decode_pem
from trueup.fetch.signature.cursor import Cursor, MalformedError
from trueup.fetch.signature.ssh_keys import (
    SshKey,
    SshSignature,
    parse_authorized_keys,
    parse_public_key,
)

_MAGIC = b"SSHSIG"
_NAMESPACE = b"git"
_HASHES = ("sha256", "sha512")


@dataclass(frozen=True, slots=True)
class _Blob:
    key: SshKey
    namespace: bytes
    hash_name: str
    signature: SshSignature


def find_ssh_signer(payload: bytes, armored: str, keys: Sequence[str]) -> SshKey:
    """The key among ``keys`` (authorized_keys texts) that signed ``payload``.

    Raises MalformedError where the signature does not parse, where no text of keys does, or where
    none of the keys made the signature. A text with a bad line is left out.
    """
    blob = _parse_blob(armored)
    trusted, problem = _parse_keys(keys)
    if not trusted and problem is not None:
        raise MalformedError(f"unable to parse authorized keys: {problem}")
    for key in trusted:
        if key.wire == blob.key.wire and _is_by(key, payload, blob):
            return key
    raise MalformedError("no matching key")


def _parse_keys(texts: Sequence[str]) -> tuple[list[SshKey], MalformedError | None]:
    trusted: list[SshKey] = []
    problem: MalformedError | None = None
    for text in texts:
        try:
            trusted += parse_authorized_keys(text)
        except MalformedError as error:
            problem = problem or error
    return trusted, problem


def _is_by(key: SshKey, payload: bytes, blob: _Blob) -> bool:
    if blob.namespace != _NAMESPACE:
        return False
    digest = hashlib.new(blob.hash_name, payload).digest()
    fields = (blob.namespace, b"", blob.hash_name.encode(), digest)
    signed = b"".join(len(each).to_bytes(4, "big") + each for each in fields)
    return key.signed(_MAGIC + signed, blob.signature)


def _parse_blob(armored: str) -> _Blob:
    label, data = decode_pem(armored)
    if label != "SSH SIGNATURE":
        raise MalformedError(f'invalid PEM type "{label}": expected "SSH SIGNATURE"')
    cursor = Cursor(data)
    magic, version = cursor.take(len(_MAGIC)), cursor.number(4)
    public_key, namespace, _reserved = (cursor.string() for _ in range(3))
    hash_name = cursor.string().decode("utf-8", "replace")
    signature = cursor.string()
    cursor.finish()
    if version != 1 or magic != _MAGIC:
        raise MalformedError("unsupported signature version")
    if hash_name not in _HASHES:
        raise MalformedError(f'unsupported hash algorithm "{hash_name}"')
    return _Blob(parse_public_key(public_key), namespace, hash_name, _parse_signature(signature))


def _parse_signature(data: bytes) -> SshSignature:
    cursor = Cursor(data)
    name, blob = cursor.string().decode("utf-8", "replace"), cursor.string()
    return SshSignature(name, blob, cursor.rest)
