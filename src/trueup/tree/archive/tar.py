"""Reads tar: the formats v7, ustar, GNU and pax, without sparse files.

The standard library's reader is not used: up to Python 3.11.13 a negative size sends it round for
ever, and it takes headers of any size into memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from trueup.errors import TreeError
from trueup.tree.archive.member import Member, damaged, decode
from trueup.tree.bounds import MIB, Bounds, Meter

_BLOCK = 512
_ZEROS = bytes(_BLOCK)
_MAX_EXTENSION_BYTES = MIB
_RECORD = re.compile(rb"([0-9]{1,9}) ")

_FILES = (b"0", b"\0", b"7")
_EXTENSIONS = (b"x", b"g", b"L", b"K")
_OTHERS = {
    b"3": "a character device",
    b"4": "a block device",
    b"6": "a named pipe",
    b"S": "a sparse file",
}


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    type: bytes
    size: int
    target: str


def is_tar(head: bytes) -> bool:
    return len(head) == _BLOCK and (head == _ZEROS or _checksum_holds(head))


def read_tar(stream: BinaryIO, meter: Meter, bounds: Bounds) -> Iterator[Member]:
    """The members up to the end mark. Raises TreeError for damage and for what passes a bound.

    ``meter`` counts the members; what only describes them counts on its own.
    """
    descriptions = Meter(bounds)
    given: dict[str, str] = {}
    while (header := _next_header(stream)) is not None:
        if header.type not in _EXTENSIONS:
            yield _member(_corrected(header, given), stream, meter)
            given = {}
            continue
        descriptions.add_entries(1, header.name)
        _check_extension_size(header)
        descriptions.add_content(header.size, header.name)
        given |= _extension(header.type, _content(stream, header.size, header.name), header.name)


def _check_extension_size(header: _Header) -> None:
    if header.size > _MAX_EXTENSION_BYTES:
        raise damaged(f"a header of more than {_MAX_EXTENSION_BYTES} bytes", header.name)


def _next_header(stream: BinaryIO) -> _Header | None:
    """None at the end, be it marked or not."""
    block = stream.read(_BLOCK)
    if block in (b"", _ZEROS):
        return None
    if len(block) < _BLOCK:
        raise damaged("it ends in the middle of a header")
    name = _text(block[:100])
    if not _checksum_holds(block):
        raise damaged("the checksum of a header is wrong", name)
    if block[257:263] == b"ustar\0" and block[345] != 0:
        name = f"{_text(block[345:500])}/{name}"
    return _Header(name, block[156:157], _number(block[124:136], name), _text(block[157:257]))


def _member(header: _Header, stream: BinaryIO, meter: Meter) -> Member:
    meter.add_entries(1, header.name)
    if header.type in _FILES and not header.name.endswith("/"):
        meter.add_content(header.size, header.name)
        return Member(header.name, "file", _content(stream, header.size, header.name))
    match header.type:
        case b"5" | b"0" | b"\0" | b"7":  # to the oldest tars a slash at the end is a directory
            return Member(header.name, "dir")
        case b"2":
            return Member(header.name, "link", target=header.target)
        case b"1":
            return Member(header.name, "hard link", target=header.target)
    what = _OTHERS.get(header.type, f"an entry of the unknown type {header.type!r}")
    raise TreeError(f"{what} cannot be in a tree", subject=header.name)


def _corrected(header: _Header, given: dict[str, str]) -> _Header:
    """``header`` with what the extension headers before it say better."""
    if any(key.startswith("GNU.sparse.") for key in given):
        raise TreeError("a sparse file cannot be in a tree", subject=header.name)
    name, target = given.get("path") or header.name, given.get("linkpath") or header.target
    size = given.get("size")
    if size and not re.fullmatch("[0-9]{1,19}", size):
        raise damaged("the size is no number", name)
    return replace(header, name=name, target=target, size=int(size) if size else header.size)


def _extension(kind: bytes, content: bytes, name: str) -> dict[str, str]:
    match kind:
        case b"L":
            return {"path": _text(content)}
        case b"K":
            return {"linkpath": _text(content)}
        case b"x":
            return dict(_records(content, name))
    return {}  # what holds for all members is a comment, or a time


def _records(content: bytes, name: str) -> Iterator[tuple[str, str]]:
    """pax: ``<length of all of it> <key>=<value>\\n``, one after the other."""
    at = 0
    while at < len(content):
        found = _RECORD.match(content, at)
        end = at + int(found[1]) if found else at
        key, equals, value = content[found.end() if found else at : end].partition(b"=")
        if end > len(content) or not key or not equals or not value.endswith(b"\n"):
            raise damaged("a pax record is malformed", name)
        yield decode(key), decode(value[:-1])
        at = end


def _content(stream: BinaryIO, size: int, name: str) -> bytes:
    padded = -(-size // _BLOCK) * _BLOCK
    content = stream.read(padded)
    if len(content) < size:
        raise damaged("it ends in the middle of a file", name)
    return content[:size]


def _number(field: bytes, name: str) -> int:
    """Octal digits, or the bytes of the number itself after one with the highest bit set."""
    if field[0] & 0x80:
        number = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        if field[0] & 0x40 or number >= 2**63:
            raise damaged("the size is out of range", name)
        return number
    digits = field.strip(b" \0")
    if not re.fullmatch(b"[0-7]*", digits):
        raise damaged("the size is no number", name)
    return int(digits or b"0", 8)


def _checksum_holds(block: bytes) -> bool:
    """Of the bytes with the sum itself as spaces; some old programs summed signed bytes."""
    digits = block[148:156].strip(b" \0")
    if not re.fullmatch(b"[0-7]+", digits):
        return False
    summed, noted = block[:148] + 8 * b" " + block[156:], int(digits, 8)
    return sum(summed) == noted or sum(memoryview(summed).cast("b")) == noted


def _text(field: bytes) -> str:
    return decode(field.partition(b"\0")[0])
