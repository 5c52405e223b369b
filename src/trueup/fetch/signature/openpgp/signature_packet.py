"""Signature packets (RFC 9580, section 5.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from trueup.fetch.signature.cursor import Cursor
from trueup.fetch.signature.openpgp.errors import StructuralError, UnsupportedError
from trueup.fetch.signature.openpgp.public_key import Algorithm, read_mpi

FLAG_SIGN = 0x02
"""In the key flags: this key may sign data (RFC 9580, 5.2.3.29)."""

KEY_COMPROMISED = 2
"""A reason for revocation that reaches back before the revocation (RFC 9580, 5.2.3.31)."""


class SignatureType(IntEnum):
    """What a signature says (RFC 9580, 5.2.1)."""

    BINARY = 0x00
    TEXT = 0x01
    GENERIC_CERTIFICATION = 0x10
    PERSONA_CERTIFICATION = 0x11
    CASUAL_CERTIFICATION = 0x12
    POSITIVE_CERTIFICATION = 0x13
    SUBKEY_BINDING = 0x18
    PRIMARY_KEY_BINDING = 0x19
    DIRECT_KEY = 0x1F
    KEY_REVOCATION = 0x20
    SUBKEY_REVOCATION = 0x28
    CERTIFICATION_REVOCATION = 0x30


_HASHES = {
    2: "sha1",
    8: "sha256",
    9: "sha384",
    10: "sha512",
    11: "sha224",
    12: "sha3_256",
    14: "sha3_512",
}
_SALT_SIZES = {8: 16, 9: 24, 10: 32, 11: 16, 12: 16, 14: 32}


@dataclass(slots=True)
class Signature:
    """A parsed signature packet. ``kind`` may be a number that SignatureType does not name."""

    version: int
    kind: int
    algorithm: int
    hash_name: str
    suffix: bytes = b""
    salt: bytes = b""
    hash_start: bytes = b""
    values: tuple[bytes, ...] = ()
    created: int | None = None
    lifetime: int = 0
    key_lifetime: int = 0
    issuer_key_id: str = ""
    issuer_fingerprint: str = ""
    is_primary_id: bool = False
    key_flags: int | None = None
    revocation_reason: int | None = None
    critical_notations: list[str] = field(default_factory=list)
    embedded: Signature | None = None

    @property
    def created_at(self) -> int:
        return self.created or 0

    @property
    def may_sign(self) -> bool:
        return self.key_flags is not None and bool(self.key_flags & FLAG_SIGN)

    def digest(self, content: bytes) -> bytes:
        return hashlib.new(self.hash_name, self.salt + content + self.suffix).digest()

    def is_expired(self, now: int) -> bool:
        """Expired, or made in the future."""
        if self.created_at > now:
            return True
        return bool(self.lifetime) and now > self.created_at + self.lifetime

    def names_issuer(self, fingerprint: str, key_id: str) -> bool:
        if self.issuer_fingerprint:
            return self.issuer_fingerprint == fingerprint
        return self.issuer_key_id == key_id


def parse_signature(cursor: Cursor) -> Signature:
    """Raises UnsupportedError, StructuralError or MalformedError."""
    version = cursor.byte()
    if version not in (4, 6):
        raise UnsupportedError(f"signature packet version {version}")
    head = cursor.take(3)
    kind, algorithm, hash_id = head
    if algorithm not in Algorithm.SIGNING:
        raise UnsupportedError(f"public key algorithm {algorithm}")
    if hash_id not in _HASHES or (version == 6 and hash_id == 2):
        raise UnsupportedError(f"hash function {hash_id}")
    signature = Signature(version, kind, algorithm, _HASHES[hash_id])
    width = 4 if version == 6 else 2
    size = cursor.take(width)
    hashed = cursor.take(int.from_bytes(size, "big"))
    signed = bytes([version]) + head + size + hashed
    signature.suffix = signed + bytes([version, 0xFF]) + len(signed).to_bytes(4, "big")
    _parse_subpackets(signature, hashed, is_hashed=True)
    _parse_subpackets(signature, cursor.take(cursor.number(width)), is_hashed=False)
    signature.hash_start = cursor.take(2)
    if version == 6:
        signature.salt = _read_salt(cursor, hash_id)
    signature.values = _read_values(cursor, algorithm)
    return signature


def _read_salt(cursor: Cursor, hash_id: int) -> bytes:
    if cursor.byte() != _SALT_SIZES[hash_id]:
        raise StructuralError("unexpected salt size for the given hash algorithm")
    return cursor.take(_SALT_SIZES[hash_id])


def _read_values(cursor: Cursor, algorithm: int) -> tuple[bytes, ...]:
    if algorithm == Algorithm.ED25519:
        return (cursor.take(64),)
    if algorithm == Algorithm.ED448:
        return (cursor.take(114),)
    if algorithm in (Algorithm.RSA, Algorithm.RSA_SIGN_ONLY):
        return (read_mpi(cursor),)
    return read_mpi(cursor), read_mpi(cursor)


def _parse_subpackets(signature: Signature, data: bytes, *, is_hashed: bool) -> None:
    cursor = Cursor(data)
    while not cursor.at_end:
        _parse_subpacket(signature, cursor, is_hashed)
    if signature.created is None:
        raise StructuralError("no creation time in signature")


def _parse_subpacket(signature: Signature, cursor: Cursor, is_hashed: bool) -> None:
    size = _subpacket_size(cursor)
    if size > len(cursor.data) - cursor.position:
        raise StructuralError("signature subpacket truncated")
    if size == 0:
        raise StructuralError("zero length signature subpacket")
    content = cursor.take(size)
    is_critical, kind = bool(content[0] & 0x80), content[0] & 0x7F
    if not is_hashed and kind not in _TRUSTED_UNHASHED:
        return
    if kind == _NOTATION:
        _read_notation(signature, content[1:], is_critical)
    elif kind in _SUBPACKETS:
        _SUBPACKETS[kind](signature, content[1:])
    elif is_critical and kind not in _IGNORED:
        raise UnsupportedError(f"unknown critical signature subpacket type {kind}")


def _subpacket_size(cursor: Cursor) -> int:
    left = len(cursor.data) - cursor.position
    first = cursor.byte()
    if first < 192:
        return first
    if left < (2 if first < 255 else 5):
        raise StructuralError("signature subpacket truncated")
    if first < 255:
        return ((first - 192) << 8) + cursor.byte() + 192
    return cursor.number(4)


def _four_bytes(data: bytes) -> int:
    if len(data) != 4:
        raise StructuralError("subpacket with bad length")
    return int.from_bytes(data, "big")


def _read_created(signature: Signature, data: bytes) -> None:
    signature.created = _four_bytes(data)


def _read_lifetime(signature: Signature, data: bytes) -> None:
    signature.lifetime = _four_bytes(data)


def _read_exportable(signature: Signature, data: bytes) -> None:
    if data[:1] == b"\0":
        raise UnsupportedError("signature with non-exportable certification")


def _read_trust(signature: Signature, data: bytes) -> None:
    if len(data) != 2:
        raise StructuralError("trust subpacket with bad length")


def _read_regular_expression(signature: Signature, data: bytes) -> None:
    if not data.endswith(b"\0"):
        raise StructuralError("expected regular expression to be null-terminated")


def _read_key_lifetime(signature: Signature, data: bytes) -> None:
    signature.key_lifetime = _four_bytes(data)


def _read_issuer(signature: Signature, data: bytes) -> None:
    if len(data) != 8:
        raise StructuralError("issuer subpacket with bad length")
    if signature.version == 4:
        signature.issuer_key_id = data.hex().upper()


def _read_notation(signature: Signature, data: bytes, is_critical: bool) -> None:
    if len(data) < 8:
        raise StructuralError("notation data subpacket with bad length")
    name_size, value_size = (int.from_bytes(data[n : n + 2], "big") for n in (4, 6))
    if len(data) != 8 + name_size + value_size:
        raise StructuralError("notation data subpacket with bad length")
    if is_critical:
        signature.critical_notations.append(data[8 : 8 + name_size].decode("utf-8", "replace"))


def _read_primary_id(signature: Signature, data: bytes) -> None:
    if len(data) != 1:
        raise StructuralError("primary user id subpacket with bad length")
    signature.is_primary_id = data[0] > 0


def _read_key_flags(signature: Signature, data: bytes) -> None:
    signature.key_flags = (signature.key_flags or 0) | (data[0] if data else 0)


def _read_revocation_reason(signature: Signature, data: bytes) -> None:
    if not data:
        raise StructuralError("empty revocation reason subpacket")
    signature.revocation_reason = data[0]


def _read_embedded(signature: Signature, data: bytes) -> None:
    if signature.embedded is not None:
        raise StructuralError("cannot have multiple embedded signatures")
    signature.embedded = parse_signature(Cursor(data))
    if signature.embedded.kind != SignatureType.PRIMARY_KEY_BINDING:
        raise StructuralError("cross-signature has unexpected type")


def _read_issuer_fingerprint(signature: Signature, data: bytes) -> None:
    _check_fingerprint(data)
    signature.issuer_fingerprint = data[1:].hex().upper()
    start = 1 if data[0] >= 5 else 13
    signature.issuer_key_id = data[start : start + 8].hex().upper()


def _read_recipient(signature: Signature, data: bytes) -> None:
    _check_fingerprint(data)


def _check_fingerprint(data: bytes) -> None:
    if not data or len(data) != (33 if data[0] >= 5 else 21):
        raise StructuralError("bad fingerprint length")


def _read_cipher_suites(signature: Signature, data: bytes) -> None:
    if len(data) % 2:
        raise StructuralError("invalid aead cipher suite length")


_NOTATION = 20
_SUBPACKETS: dict[int, Callable[[Signature, bytes], None]] = {
    2: _read_created,
    3: _read_lifetime,
    4: _read_exportable,
    5: _read_trust,
    6: _read_regular_expression,
    9: _read_key_lifetime,
    16: _read_issuer,
    25: _read_primary_id,
    27: _read_key_flags,
    29: _read_revocation_reason,
    32: _read_embedded,
    33: _read_issuer_fingerprint,
    35: _read_recipient,
    39: _read_cipher_suites,
}
_IGNORED = frozenset({11, 21, 22, 23, 24, 26, 28, 30})
"""Known, may be critical, and without meaning for a verification: preferences, URIs, features."""

_TRUSTED_UNHASHED = frozenset({16, 32, 33})
"""What may stand outside of the signed part: who signed, and the cross-signature, itself signed."""
