"""Clear-signed messages (RFC 9580, section 7): text that anybody can read, and its signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trueup.fetch.signature.cursor import MalformedError

_BEGIN = b"-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_END = b"\n-----END PGP SIGNATURE-----"
_HASHES = frozenset(b"MD5 SHA1 RIPEMD160 SHA224 SHA256 SHA384 SHA512 SHA3-256 SHA3-512".split())


@dataclass(frozen=True, slots=True)
class ClearSigned:
    """The lines of a message, without blanks at their ends, and the armoured signature over them."""

    lines: tuple[bytes, ...]
    signature: str

    @property
    def text(self) -> bytes:
        return b"\n".join(self.lines)

    @property
    def signed(self) -> bytes:
        """What the signature is over: the text with the ends of lines that mail has."""
        return b"\r\n".join(self.lines)


def decode_clearsigned(data: bytes) -> ClearSigned:
    """The first message in ``data``; raises MalformedError if there is none that is whole."""
    lines = iter([line.removesuffix(b"\r") for line in data.split(b"\n")])
    begin = next((line for line in lines if line.startswith(_BEGIN)), b"")
    if begin != _BEGIN or not _skip_headers(lines):
        raise MalformedError("no signed message found")
    text: list[bytes] = []
    for line in lines:
        if line == _SIGNATURE:
            break
        text.append(line.removeprefix(b"- ").rstrip(b" \t"))
    signature = b"\n".join([_SIGNATURE, *lines])
    if _END not in signature:
        raise MalformedError("the signed message has no whole signature")
    return ClearSigned(tuple(text), signature.decode("ascii", "replace"))


def _skip_headers(lines: Iterator[bytes]) -> bool:
    """Whether an empty line ends the headers; all that they may tell is which hashes are used."""
    for line in lines:
        if not line.strip():
            return True
        name, _, hashes = line.partition(b":")
        if name.strip() != b"Hash" or not _HASHES.issuperset(
            each.strip().upper() for each in hashes.split(b",")
        ):
            return False
    return False
