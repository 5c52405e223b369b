"""age's post-quantum identities, which the age library here does not read: ML-KEM 768 and X25519.

https://c2sp.org/age: the stanza ``mlkem768x25519`` holds the file's key, sealed by HPKE.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trueup.errors import DecryptionError

PREFIX: Final = "AGE-SECRET-KEY-PQ-"

_STANZA: Final = "mlkem768x25519"
_VERSION: Final = b"age-encryption.org/v1\n"
_INFO: Final = b"age-encryption.org/mlkem768x25519"
_LINE: Final = 64
_CHARACTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_LAST_CHUNK: Final = bytes(11) + b"\x01"


class HybridIdentity:
    """``line``: AGE-SECRET-KEY-PQ-1…; DecryptionError, which does not show it, if it is none."""

    def __init__(self, line: str) -> None:
        self._key = _private_key(_seed(line))

    def open(self, armored: str) -> bytes | None:
        """What the age file holds; None if it is not for this identity. DecryptionError if broken."""
        try:
            file = _parsed(_dearmored(armored))
        except (ValueError, IndexError, binascii.Error):
            raise DecryptionError("its entry is no age file, or was changed") from None
        for kind, arguments, body in file.stanzas:
            if kind == _STANZA and len(arguments) == 1:
                key = self._unwrapped(_base64(arguments[0]) + body)
                if key is not None:
                    return file.opened(key)
        return None

    def _unwrapped(self, sealed: bytes) -> bytes | None:
        from cryptography.hazmat.primitives import hpke

        suite = hpke.Suite(
            hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305
        )
        try:
            return bytes(suite.decrypt(sealed, self._key, _INFO))
        except (InvalidTag, ValueError):
            return None


def _private_key(seed: bytes) -> Any:
    """Both keys come from one seed of 32 bytes."""
    try:
        from cryptography.hazmat.primitives import hpke
        from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

        make = hpke.MLKEM768X25519PrivateKey
    except (ImportError, AttributeError):
        raise DecryptionError(
            "a post-quantum age identity needs a newer cryptography",
            next_step="install cryptography 50 or later",
        ) from None
    both = hashlib.shake_256(seed).digest(96)
    return make(
        mlkem.MLKEM768PrivateKey.from_seed_bytes(both[:64]),
        x25519.X25519PrivateKey.from_private_bytes(both[64:]),
    )


@dataclass(frozen=True, slots=True)
class _File:
    stanzas: list[tuple[str, list[str], bytes]]
    header: bytes
    mac: bytes
    payload: bytes

    def opened(self, key: bytes) -> bytes:
        """The content, which is one chunk: a data key is short."""
        mac = hmac.digest(_derived(key, b"", b"header"), self.header, "sha256")
        try:
            if not hmac.compare_digest(mac, self.mac):
                raise InvalidTag
            content_key = _derived(key, self.payload[:16], b"payload")
            return ChaCha20Poly1305(content_key).decrypt(_LAST_CHUNK, self.payload[16:], None)
        except InvalidTag:
            raise DecryptionError("its entry is no age file, or was changed") from None


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _dearmored(text: str) -> bytes:
    lines = text.strip().split("\n")
    if not lines[0].startswith("-----BEGIN AGE") or not lines[-1].startswith("-----END AGE"):
        raise ValueError
    return base64.b64decode("".join(lines[1:-1]), validate=True)


def _parsed(content: bytes) -> _File:
    if not content.startswith(_VERSION):
        raise ValueError
    at, stanzas = len(_VERSION), []
    while content[at : at + 3] == b"-> ":
        line, at = _line(content, at)
        kind, *arguments = line[3:].split(" ")
        body = ""
        while True:
            part, at = _line(content, at)
            body += part
            if len(part) < _LINE:
                break
        stanzas.append((kind, arguments, _base64(body)))
    if content[at : at + 4] != b"--- ":
        raise ValueError
    mac, end = _line(content, at)
    return _File(stanzas, content[: at + 3], _base64(mac[4:]), content[end:])


def _line(content: bytes, at: int) -> tuple[str, int]:
    end = content.index(b"\n", at)
    return content[at:end].decode("ascii"), end + 1


def _base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def _seed(line: str) -> bytes:
    """What Bech32 says, its checksum verified."""
    name, _, data = line.lower().rpartition("1")
    values = [_CHARACTERS.find(char) for char in data]
    if name != PREFIX.lower() or -1 in values or _checksum(name, values) != 1:
        raise DecryptionError(
            "an age identity is malformed", next_step=f"copy the whole line {PREFIX}1…"
        )
    bits = "".join(f"{value:05b}" for value in values[:-6])
    seed = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))
    if len(seed) != 32:
        raise DecryptionError("an age identity has another length than 32 bytes")
    return seed


def _checksum(name: str, values: list[int]) -> int:
    expanded = [ord(char) >> 5 for char in name] + [0] + [ord(char) & 31 for char in name]
    found = 1
    for value in (*expanded, *values):
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            found ^= generator if top >> bit & 1 else 0
    return found
