"""SSH public keys: their wire form (RFC 4253, 6.6), and authorized_keys lines (sshd(8))."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from trueup.fetch.signature.algorithms import dsa_signed, ecdsa_signed, ed25519_signed, rsa_signed
from trueup.fetch.signature.armor import SPACE, strict_base64
from trueup.fetch.signature.cursor import Cursor, MalformedError

_ED25519 = "ssh-ed25519"
_SK_ED25519 = "sk-ssh-ed25519@openssh.com"
_SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
_RSA_HASHES = {"rsa-sha2-256": "sha256", "rsa-sha2-512": "sha512"}
_CURVES: dict[str, tuple[ec.EllipticCurve, str]] = {
    "nistp256": (ec.SECP256R1(), "sha256"),
    "nistp384": (ec.SECP384R1(), "sha384"),
    "nistp521": (ec.SECP521R1(), "sha512"),
}
_CERTIFICATE = "-cert-v01@openssh.com"
_USER_PRESENT = 1
"""The flag in a security key's signature that says somebody touched it (PROTOCOL.u2f)."""


@dataclass(frozen=True, slots=True)
class SshSignature:
    """The signature within an SSHSIG blob; ``rest`` is what security keys add."""

    format: str
    blob: bytes
    rest: bytes


@dataclass(frozen=True, slots=True)
class SshKey:
    """One public key. ``wire`` is its canonical encoding, which identifies it."""

    type: str
    wire: bytes
    numbers: tuple[int, ...] = ()
    point: ec.EllipticCurvePublicKey | None = None
    raw: bytes = b""
    application: bytes = b""
    holder: SshKey | None = None
    """The key that a certificate is about."""

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -l`` shows it: ``SHA256:`` and base64 without padding."""
        digest = base64.b64encode(hashlib.sha256(self.wire).digest()).decode()
        return "SHA256:" + digest.rstrip("=")

    def signed(self, data: bytes, signature: SshSignature) -> bool:
        """Whether this key, or the key of this certificate, made ``signature`` over ``data``."""
        if self.holder is not None:
            return self.holder.signed(data, signature)
        try:
            return self._signed(data, signature)
        except MalformedError:
            return False

    def _signed(self, data: bytes, signature: SshSignature) -> bool:
        if self.type == "ssh-rsa":
            return self._rsa_signed(data, signature)
        if signature.format != self.type:
            return False
        if self.type == _ED25519:
            return ed25519_signed(self.raw, signature.blob, data)
        if self.type == _SK_ED25519:
            return ed25519_signed(self.raw, signature.blob, self._touched(data, signature))
        if self.type == "ssh-dss":
            return self._dsa_signed(data, signature)
        if self.point is None:
            return False
        message = self._touched(data, signature) if self.type == _SK_ECDSA else data
        hash_name = _CURVES.get(self.type.removeprefix("ecdsa-sha2-"), _CURVES["nistp256"])[1]
        digest = hashlib.new(hash_name, message).digest()
        return ecdsa_signed(self.point, _two_numbers(signature.blob), hash_name, digest)

    def _rsa_signed(self, data: bytes, signature: SshSignature) -> bool:
        hash_name = _RSA_HASHES.get(signature.format)
        if hash_name is None:
            return False
        exponent, modulus = self.numbers
        digest = hashlib.new(hash_name, data).digest()
        return rsa_signed(modulus, exponent, signature.blob, hash_name, digest)

    def _dsa_signed(self, data: bytes, signature: SshSignature) -> bool:
        if len(signature.blob) != 40:
            return False
        p, q, g, y = self.numbers
        halves = signature.blob[:20], signature.blob[20:]
        r, s = (int.from_bytes(half, "big") for half in halves)
        digest = hashlib.sha1(data).digest()  # noqa: S324 - the only hash that ssh-dss has
        return dsa_signed((p, q, g, y), (r, s), "sha1", digest)

    def _touched(self, data: bytes, signature: SshSignature) -> bytes:
        """What a security key signs (PROTOCOL.u2f, "SSH U2F Signatures")."""
        cursor = Cursor(signature.rest)
        flags, counter = cursor.take(1), cursor.take(4)
        cursor.finish()
        if not flags[0] & _USER_PRESENT:
            raise MalformedError("the security key was not touched")
        application, message = (hashlib.sha256(each).digest() for each in (self.application, data))
        return application + flags + counter + message


def parse_public_key(wire: bytes) -> SshKey:
    """Raises MalformedError for what is no key, or of a kind that nobody can check."""
    cursor = Cursor(wire)
    name = cursor.string().decode("utf-8", "replace")
    read = _certificate if name.endswith(_CERTIFICATE) else _key
    key = read(name, wire, cursor)
    cursor.finish()
    return key


def _key(name: str, wire: bytes, cursor: Cursor) -> SshKey:
    if name == "ssh-rsa":
        return _rsa_key(cursor)
    if name == "ssh-dss":
        return _dsa_key(cursor)
    if name in (_ED25519, _SK_ED25519):
        return _ed25519_key(name, wire, cursor)
    if name == _SK_ECDSA or name.removeprefix("ecdsa-sha2-") in _CURVES:
        return _ecdsa_key(name, wire, cursor)
    raise MalformedError(f"ssh: unknown key algorithm: {name}")


def _rsa_key(cursor: Cursor) -> SshKey:
    exponent, modulus = cursor.mpint(), cursor.mpint()
    if modulus.bit_length() > 8192:
        raise MalformedError("ssh: rsa modulus too large")
    if exponent.bit_length() > 24 or exponent < 3 or exponent % 2 == 0:
        raise MalformedError("ssh: incorrect exponent")
    return SshKey("ssh-rsa", _wire("ssh-rsa", exponent, modulus), (exponent, modulus))


def _dsa_key(cursor: Cursor) -> SshKey:
    p, q, g, y = (cursor.mpint() for _ in range(4))
    if p.bit_length() != 1024 or q.bit_length() != 160 or not (0 < g < p and 0 < y < p):
        raise MalformedError("ssh: unsupported DSA key")
    return SshKey("ssh-dss", _wire("ssh-dss", p, q, g, y), (p, q, g, y))


def _ed25519_key(name: str, wire: bytes, cursor: Cursor) -> SshKey:
    raw = cursor.string()
    if len(raw) != 32:
        raise MalformedError(f"invalid size {len(raw)} for Ed25519 public key")
    application = cursor.string() if name == _SK_ED25519 else b""
    return SshKey(name, wire, raw=raw, application=application)


def _ecdsa_key(name: str, wire: bytes, cursor: Cursor) -> SshKey:
    curve = cursor.string().decode("utf-8", "replace")
    expected = "nistp256" if name == _SK_ECDSA else name.removeprefix("ecdsa-sha2-")
    if curve != expected:
        raise MalformedError(f'ssh: algorithm type mismatch: expected "{name}", found "{curve}"')
    encoded = cursor.string()
    if encoded[:1] != b"\x04":
        raise MalformedError("ssh: invalid curve point")
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[curve][0], encoded)
    except ValueError:
        raise MalformedError("ssh: invalid curve point") from None
    application = cursor.string() if name == _SK_ECDSA else b""
    return SshKey(name, wire, point=point, application=application)


def _certificate(name: str, wire: bytes, cursor: Cursor) -> SshKey:
    """PROTOCOL.certkeys. Nobody asks the issuer: a certificate counts as it is listed, like a key."""
    held = name.removesuffix(_CERTIFICATE)
    cursor.string()  # nonce
    holder = _key(f"{held}@openssh.com" if held.startswith("sk-") else held, wire, cursor)
    cursor.take(8 + 4)  # serial, type
    cursor.string()  # key id
    _skip_principals(Cursor(cursor.string()))
    cursor.take(8 + 8)  # valid after, valid before
    _skip_options(Cursor(cursor.string()))  # critical ones
    _skip_options(Cursor(cursor.string()))
    cursor.string()  # reserved
    _skip_issuer(cursor.string())
    _skip_signature(Cursor(cursor.string()))
    return SshKey(name, wire, holder=holder)


def _skip_principals(cursor: Cursor) -> None:
    while not cursor.at_end:
        cursor.string()


def _skip_options(cursor: Cursor) -> None:
    names = []
    while not cursor.at_end:
        names.append(cursor.string())
        value = Cursor(cursor.string())
        if not value.at_end:
            value.string()
            value.finish()
    if names != sorted(set(names)):
        raise MalformedError("ssh: certificate options are not in lexical order")


def _skip_issuer(wire: bytes) -> None:
    if Cursor(wire).string().endswith(_CERTIFICATE.encode()):
        raise MalformedError("ssh: a certificate cannot sign another one")
    parse_public_key(wire)


def _skip_signature(cursor: Cursor) -> None:
    name, _ = cursor.string(), cursor.string()
    if not name.startswith(b"sk-"):
        cursor.finish()


def _wire(name: str, *numbers: int) -> bytes:
    """The canonical encoding: numbers without needless leading bytes."""
    encoded = [
        number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True) for number in numbers
    ]
    return b"".join(len(each).to_bytes(4, "big") + each for each in [name.encode(), *encoded])


def _two_numbers(blob: bytes) -> tuple[int, int]:
    cursor = Cursor(blob)
    numbers = cursor.mpint(), cursor.mpint()
    cursor.finish()
    return numbers


def parse_authorized_keys(text: str) -> list[SshKey]:
    """The keys of an authorized_keys text. One bad line makes the text bad: MalformedError."""
    lines = (line.strip(SPACE) for line in text.split("\n"))
    return [_parse_line(line) for line in lines if line and not line.startswith("#")]


def _parse_line(line: str) -> SshKey:
    """``[options] type base64 [comment]``; what is in the type's place is not looked at."""
    _, separator, rest = _cut(line)
    if not separator:
        raise MalformedError("ssh: no key found")
    try:
        return _parse_base64(rest)
    except MalformedError:
        after_options = _after_options(line)
    _, separator, rest = _cut(after_options)
    if not separator:
        raise MalformedError("ssh: no key found")
    try:
        return _parse_base64(rest)
    except MalformedError as error:
        raise MalformedError(f"ssh: no key found; last parsing error: {error}") from None


def _parse_base64(text: str) -> SshKey:
    encoded = text.strip(SPACE).replace("\t", " ").partition(" ")[0]
    return parse_public_key(strict_base64(encoded))


def _cut(text: str) -> tuple[str, str, str]:
    """``text`` up to its first blank or tab, that, and the rest."""
    blank = next((n for n, character in enumerate(text) if character in " \t"), -1)
    return (text, "", "") if blank < 0 else (text[:blank], text[blank], text[blank + 1 :])


def _after_options(line: str) -> str:
    """What follows the first blank outside of quotes; empty if there is none."""
    is_quoted = False
    for n, character in enumerate(line):
        if character == '"' and (n == 0 or line[n - 1] != "\\"):
            is_quoted = not is_quoted
        elif character in " \t" and not is_quoted:
            return line[n:].lstrip(" \t")
    return ""
