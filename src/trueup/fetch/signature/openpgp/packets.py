"""A stream of OpenPGP packets (RFC 9580, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.fetch.signature.armor import Armored
from trueup.fetch.signature.cursor import Cursor, MalformedError, TruncatedError
from trueup.fetch.signature.openpgp.errors import StructuralError, UnsupportedError
from trueup.fetch.signature.openpgp.public_key import PublicKey, parse_public_key
from trueup.fetch.signature.openpgp.signature_packet import Signature, parse_signature

_SIGNATURE, _SECRET_KEY, _PUBLIC_KEY, _SECRET_SUBKEY = 2, 5, 6, 7
_MARKER, _TRUST, _USER_ID, _PUBLIC_SUBKEY = 10, 12, 13, 14
_KEYS = frozenset({_PUBLIC_KEY, _PUBLIC_SUBKEY, _SECRET_KEY, _SECRET_SUBKEY})
_SUBKEYS = frozenset({_PUBLIC_SUBKEY, _SECRET_SUBKEY})
_SECRETS = frozenset({_SECRET_KEY, _SECRET_SUBKEY})
_OTHERS = frozenset({1, 3, 4, 8, 9, 11, 17, 18, 20, 21})
_FIRST_OPTIONAL = 40
"""Unknown packets from this tag on may be passed over (RFC 9580, 4.3)."""


@dataclass(frozen=True, slots=True)
class UserId:
    """A name that a key goes by."""

    content: bytes


@dataclass(frozen=True, slots=True)
class OtherPacket:
    """A packet without meaning for a signature or a public key."""

    tag: int


Packet = PublicKey | Signature | UserId | OtherPacket


class PacketReader:
    """The packets of an armoured block, one by one; one may be put back."""

    def __init__(self, block: Armored) -> None:
        self._cursor = Cursor(block.data)
        self._is_whole = block.is_whole
        self._put_back: list[Packet] = []

    def put_back(self, packet: Packet) -> None:
        self._put_back.append(packet)

    def next(self) -> Packet | None:
        """The next packet that is understood; None at the end.

        Raises StructuralError or MalformedError; those that are merely unknown are passed over.
        """
        if self._put_back:
            return self._put_back.pop()
        while not self._cursor.at_end:
            try:
                packet = self._read()
            except UnsupportedError:
                continue
            if packet is not None:
                return packet
        if not self._is_whole:
            raise MalformedError("armor invalid")
        return None

    def _read(self) -> Packet | None:
        tag, body, is_truncated = self._read_frame()
        if tag in (_MARKER, _TRUST):
            return None
        if tag not in _KEYS | _OTHERS | {_SIGNATURE, _USER_ID}:
            if tag < _FIRST_OPTIONAL:
                raise MalformedError(f"unknown critical packet type {tag}")
            return None
        if is_truncated and (tag in _OTHERS or tag == _USER_ID):
            raise TruncatedError("unexpected end of data")
        return self._parse(tag, Cursor(body))

    def _parse(self, tag: int, body: Cursor) -> Packet:
        if tag == _USER_ID:
            return UserId(body.rest)
        if tag in _OTHERS:
            return OtherPacket(tag)
        if tag == _SIGNATURE:
            packet: Packet = parse_signature(body)
        else:
            packet = parse_public_key(body, is_subkey=tag in _SUBKEYS)
        if tag in _SECRETS:
            body.byte()  # how the secret part is kept, which must follow; it is not looked at
        else:
            # What a packet holds beyond its fields is read as the next packet, as go-crypto does.
            self._cursor.position -= len(body.data) - body.position
        return packet

    def _read_frame(self) -> tuple[int, bytes, bool]:
        """Tag, content, and whether the data ended before the content did."""
        first = self._cursor.byte()
        if not first & 0x80:
            raise StructuralError("tag byte does not have MSB set")
        if first & 0x40:
            return first & 0x3F, *self._read_new_content()
        tag, width = (first & 0x3F) >> 2, first & 3
        if width == 3:
            return tag, self._cursor.rest, False
        return tag, *self._content(self._cursor.number(1 << width))

    def _read_new_content(self) -> tuple[bytes, bool]:
        content, is_truncated = b"", False
        while not is_truncated:
            size, is_last = self._read_size()
            part, is_truncated = self._content(size)
            content += part
            if is_last:
                break
        return content, is_truncated

    def _read_size(self) -> tuple[int, bool]:
        first = self._cursor.byte()
        if first < 192:
            return first, True
        if first < 224:
            return ((first - 192) << 8) + self._cursor.byte() + 192, True
        if first < 255:
            return 1 << (first & 0x1F), False
        return self._cursor.number(4), True

    def _content(self, size: int) -> tuple[bytes, bool]:
        left = len(self._cursor.data) - self._cursor.position
        return self._cursor.take(min(size, left)), size > left
