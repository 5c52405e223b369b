"""The public-key algorithms that signatures use, each as one question: did this key sign this?

Keys are the numbers that the formats hold. A key that the algorithm does not allow signed nothing.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

_MIN_RSA_BITS = 1024
"""Go's crypto/rsa refuses shorter keys, and with it Flux."""

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - old keys and tags are signed over it
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_512": hashes.SHA3_512(),
}

_REFUSED = (InvalidSignature, UnsupportedAlgorithm, ValueError, OverflowError)


def rsa_signed(
    modulus: int, exponent: int, signature: bytes, hash_name: str, digest: bytes
) -> bool:
    """PKCS #1 v1.5. A signature without its leading zeros counts as if it had them."""
    if modulus.bit_length() < _MIN_RSA_BITS:
        return False
    padded = signature.rjust((modulus.bit_length() + 7) // 8, b"\0")
    try:
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        key.verify(padded, digest, padding.PKCS1v15(), Prehashed(_HASHES[hash_name]))
    except _REFUSED:
        return False
    return True


def dsa_signed(
    parameters: tuple[int, int, int, int], r_and_s: tuple[int, int], hash_name: str, digest: bytes
) -> bool:
    """``parameters`` are p, q, g and y."""
    p, q, g, y = parameters
    try:
        numbers = dsa.DSAPublicNumbers(y, dsa.DSAParameterNumbers(p, q, g))
        encoded = encode_dss_signature(*r_and_s)
        numbers.public_key().verify(encoded, digest, Prehashed(_HASHES[hash_name]))
    except _REFUSED:
        return False
    return True


def ecdsa_signed(
    key: ec.EllipticCurvePublicKey, r_and_s: tuple[int, int], hash_name: str, digest: bytes
) -> bool:
    try:
        encoded = encode_dss_signature(*r_and_s)
        key.verify(encoded, digest, ec.ECDSA(Prehashed(_HASHES[hash_name])))
    except _REFUSED:
        return False
    return True


def ed25519_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except _REFUSED:
        return False
    return True


def ed448_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        ed448.Ed448PublicKey.from_public_bytes(key).verify(signature, message)
    except _REFUSED:
        return False
    return True
