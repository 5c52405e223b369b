"""Public-key packets (RFC 9580, section 5.5) and what their keys signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cryptography.hazmat.primitives.asymmetric import ec

from trueup.fetch.signature.algorithms import (
    dsa_signed,
    ecdsa_signed,
    ed448_signed,
    ed25519_signed,
    rsa_signed,
)
from trueup.fetch.signature.cursor import Cursor, MalformedError
from trueup.fetch.signature.openpgp.errors import StructuralError, UnsupportedError

if TYPE_CHECKING:
    from trueup.fetch.signature.openpgp.signature_packet import Signature


class Algorithm:
    """Public-key algorithms (RFC 9580, 9.1)."""

    RSA = 1
    RSA_ENCRYPT_ONLY = 2
    RSA_SIGN_ONLY = 3
    ELGAMAL = 16
    DSA = 17
    ECDH = 18
    ECDSA = 19
    EDDSA = 22
    X25519 = 25
    X448 = 26
    ED25519 = 27
    ED448 = 28

    SIGNING: ClassVar = frozenset({RSA, RSA_SIGN_ONLY, DSA, ECDSA, EDDSA, ED25519, ED448})
    NOT_SIGNING: ClassVar = frozenset({RSA_ENCRYPT_ONLY, ELGAMAL, ECDH})


_ECDSA_CURVES: dict[str, ec.EllipticCurve] = {
    "2a8648ce3d030107": ec.SECP256R1(),
    "2b81040022": ec.SECP384R1(),
    "2b81040023": ec.SECP521R1(),
    "2b8104000a": ec.SECP256K1(),
    "2b2403030208010107": ec.BrainpoolP256R1(),
    "2b240303020801010b": ec.BrainpoolP384R1(),
    "2b240303020801010d": ec.BrainpoolP512R1(),
}
_CURVE25519, _CURVE448 = "2b060104019755010501", "2b656f"
_ED25519, _ED448 = "2b06010401da470f01", "2b6571"
_CURVES = frozenset({*_ECDSA_CURVES, _CURVE25519, _CURVE448, _ED25519, _ED448})
_POINT_SIZES = {_CURVE25519: 33, _CURVE448: 57, _ED25519: 33, _ED448: 58}

_KDF_HASHES = frozenset({8, 9, 10, 11, 12, 14})
_KDF_CIPHERS = frozenset({2, 3, 7, 8, 9})
_RSA = (Algorithm.RSA, Algorithm.RSA_SIGN_ONLY, Algorithm.RSA_ENCRYPT_ONLY)
_FIXED_SIZES = {
    Algorithm.X25519: 32,
    Algorithm.X448: 56,
    Algorithm.ED25519: 32,
    Algorithm.ED448: 57,
}
_MPI_COUNTS = {
    Algorithm.RSA: 2,
    Algorithm.RSA_ENCRYPT_ONLY: 2,
    Algorithm.RSA_SIGN_ONLY: 2,
    Algorithm.ELGAMAL: 3,
    Algorithm.DSA: 4,
}


@dataclass(frozen=True, slots=True)
class _Material:
    """The key itself: ``numbers`` of RSA and DSA, ``point`` of ECDSA, ``raw`` of EdDSA."""

    numbers: tuple[int, ...] = ()
    point: ec.EllipticCurvePublicKey | None = None
    raw: bytes = b""
    curve: str = ""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``body`` is the packet's content, which fingerprints and signatures are made over."""

    version: int
    created: int
    algorithm: int
    body: bytes
    is_subkey: bool
    material: _Material

    @property
    def fingerprint(self) -> str:
        """Upper-case hex: 40 digits for v4, 64 for v6."""
        hash_name = "sha1" if self.version == 4 else "sha256"
        return hashlib.new(hash_name, self.framed).hexdigest().upper()

    @property
    def key_id(self) -> str:
        return self.fingerprint[-16:] if self.version == 4 else self.fingerprint[:16]

    @property
    def framed(self) -> bytes:
        """The key as signatures over it hash it (RFC 9580, 5.2.4)."""
        width = 2 if self.version == 4 else 4
        return bytes([0x95 + self.version]) + len(self.body).to_bytes(width, "big") + self.body

    @property
    def may_sign(self) -> bool:
        return self.algorithm not in Algorithm.NOT_SIGNING

    def is_expired(self, lifetime: int, now: int) -> bool:
        """Expired after ``lifetime`` seconds (0: never), or made in the future."""
        if self.created > now:
            return True
        return bool(lifetime) and now > self.created + lifetime

    def signed(self, content: bytes, signature: Signature) -> bool:
        """Whether this key made ``signature`` over ``content``."""
        digest = signature.digest(content)
        if signature.version == 6 and digest[:2] != signature.hash_start:
            return False
        if not self.may_sign or self.algorithm != signature.algorithm:
            return False
        return _signed(self.algorithm, self.material, signature, digest)


def _signed(algorithm: int, key: _Material, signature: Signature, digest: bytes) -> bool:
    values, hash_name = signature.values, signature.hash_name
    if algorithm in (Algorithm.RSA, Algorithm.RSA_SIGN_ONLY):
        modulus, exponent = key.numbers
        return rsa_signed(modulus, exponent, values[0], hash_name, digest)
    if algorithm == Algorithm.ED25519:
        return ed25519_signed(key.raw, values[0], digest)
    if algorithm == Algorithm.ED448:
        return ed448_signed(key.raw, values[0], digest)
    if algorithm == Algorithm.EDDSA:
        return _eddsa_signed(key, values, digest)
    r, s = (int.from_bytes(value, "big") for value in values)
    if algorithm == Algorithm.DSA:
        p, q, g, y = key.numbers
        return dsa_signed((p, q, g, y), (r, s), hash_name, digest)
    return key.point is not None and ecdsa_signed(key.point, (r, s), hash_name, digest)


def _eddsa_signed(key: _Material, values: tuple[bytes, ...], digest: bytes) -> bool:
    """EdDSALegacy keeps its halves as numbers, without their leading zeros (RFC 9580, 5.2.3.3)."""
    r, s = values
    if key.curve == _ED25519:
        padded = r.rjust(32, b"\0") + s.rjust(32, b"\0")
        return len(padded) == 64 and ed25519_signed(key.raw, padded, digest)
    return len(r) == 115 and ed448_signed(key.raw, r[1:], digest)


def parse_public_key(cursor: Cursor, *, is_subkey: bool) -> PublicKey:
    """Raises UnsupportedError, StructuralError or MalformedError."""
    start = cursor.position
    version, created, algorithm = cursor.byte(), cursor.number(4), cursor.byte()
    if version not in (4, 6):
        raise UnsupportedError(f"public key version {version}")
    if version == 6:
        cursor.take(4)
    material = _read_material(cursor, algorithm, version)
    body = cursor.data[start : cursor.position]
    return PublicKey(version, created, algorithm, body, is_subkey, material)


def _read_material(cursor: Cursor, algorithm: int, version: int) -> _Material:
    if algorithm in _FIXED_SIZES:
        return _Material(raw=cursor.take(_FIXED_SIZES[algorithm]))
    if algorithm in _MPI_COUNTS:
        fields = [read_mpi(cursor) for _ in range(_MPI_COUNTS[algorithm])]
        if algorithm in _RSA and len(fields[1]) > 3:
            raise UnsupportedError("large public exponent")
        return _Material(numbers=tuple(int.from_bytes(each, "big") for each in fields))
    readers = {
        Algorithm.ECDSA: _read_ecdsa,
        Algorithm.ECDH: _read_ecdh,
        Algorithm.EDDSA: _read_eddsa,
    }
    if algorithm not in readers:
        raise UnsupportedError(f"public key type: {algorithm}")
    if version == 6 and algorithm == Algorithm.EDDSA:
        raise StructuralError("v6 key with deprecated algorithm: EdDSALegacy")
    return readers[algorithm](cursor, version)


def _read_ecdsa(cursor: Cursor, version: int) -> _Material:
    curve = _read_curve(cursor)
    encoded = read_mpi(cursor)
    if curve not in _ECDSA_CURVES:
        raise UnsupportedError(f"unsupported oid: {curve}")
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(_ECDSA_CURVES[curve], encoded)
    except ValueError:
        raise MalformedError("ecdsa: failed to parse EC point") from None
    return _Material(point=point, curve=curve)


def _read_ecdh(cursor: Cursor, version: int) -> _Material:
    curve = _read_curve(cursor)
    if version == 6 and curve == _CURVE25519:
        raise StructuralError("v6 key with deprecated OID: Curve25519Legacy")
    encoded = read_mpi(cursor)
    parameters = _read_sized(cursor)
    if curve in (_ED25519, _ED448):
        raise UnsupportedError(f"unsupported oid: {curve}")
    if len(parameters) < 3 or parameters[0] != 1:
        raise UnsupportedError("unsupported ECDH KDF")
    if parameters[1] not in _KDF_HASHES or parameters[2] not in _KDF_CIPHERS:
        raise UnsupportedError("unsupported ECDH KDF algorithms")
    if curve in _POINT_SIZES and len(encoded) != _POINT_SIZES[curve]:
        raise MalformedError("ecdh: failed to parse EC point")
    return _Material()


def _read_eddsa(cursor: Cursor, version: int) -> _Material:
    curve = _read_curve(cursor)
    if curve not in (_ED25519, _ED448):
        raise UnsupportedError(f"unsupported oid: {curve}")
    encoded = read_mpi(cursor)
    if not encoded:
        raise StructuralError("empty EdDSA public key")
    if encoded[0] != 0x40:
        raise UnsupportedError(f"unsupported EdDSA compression: {encoded[0]}")
    if len(encoded) != _POINT_SIZES[curve]:
        raise MalformedError("eddsa: failed to parse EC point")
    return _Material(raw=encoded[1:], curve=curve)


def _read_curve(cursor: Cursor) -> str:
    curve = _read_sized(cursor).hex()
    if curve not in _CURVES:
        raise UnsupportedError(f"unknown oid: {curve}")
    return curve


def _read_sized(cursor: Cursor) -> bytes:
    size = cursor.byte()
    if size in (0, 0xFF):
        raise UnsupportedError("reserved for future extensions")
    return cursor.take(size)


def read_mpi(cursor: Cursor) -> bytes:
    """A number's bytes, as they stand (RFC 9580, 3.2)."""
    return cursor.take((cursor.number(2) + 7) // 8)
