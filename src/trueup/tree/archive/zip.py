"""Reads zip: files that are stored or deflated, directories and symlinks."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from trueup.errors import TreeError
from trueup.tree.archive.compression import SMALL
from trueup.tree.archive.member import Member, damaged, decode
from trueup.tree.bounds import Bounds, Meter

_END = b"PK\x05\x06"
_END_BYTES = 22
_MAX_COMMENT = 65_535
_RECORD_BYTES = 256
"""What the directory of an archive may take for an entry, on average."""
_MIN_DIRECTORY = 65_536
_UTF8 = 0x800
_ENCRYPTED = 0x1
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error)


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", _END))


def read_zip(file: BinaryIO, meter: Meter, bounds: Bounds) -> Iterator[Member]:
    """The members in the order of the archive's directory, counted by ``meter``."""
    _check_directory_size(file, bounds)
    try:
        with ZipFile(file) as archive:
            for entry in archive.infolist():
                yield _member(archive, entry, meter, bounds)
    except _BROKEN as error:
        raise damaged(f"zip: {error}") from error


def _check_directory_size(file: BinaryIO, bounds: Bounds) -> None:
    """The library reads all of the directory at once."""
    start = file.tell()
    size = file.seek(0, 2)
    file.seek(max(start, size - _MAX_COMMENT - _END_BYTES))
    tail = file.read()
    file.seek(start)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise damaged("zip: it has no directory")
    (directory,) = struct.unpack_from("<I", tail, at + 12)
    if directory > max(_MIN_DIRECTORY, bounds.entries * _RECORD_BYTES):
        raise TreeError(f"the archive holds more than {bounds.entries} entries")


def _member(archive: ZipFile, entry: ZipInfo, meter: Meter, bounds: Bounds) -> Member:
    name = _name(entry)
    meter.add_entries(1, name)
    mode = entry.external_attr >> 16
    if name.endswith("/") or stat.S_ISDIR(mode):
        return Member(name, "dir")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFLNK):
        raise TreeError("a device or pipe cannot be in a tree", subject=name)
    _check(entry, name, bounds)
    meter.add_content(entry.file_size, name)
    content = archive.read(entry)
    if stat.S_ISLNK(mode):
        return Member(name, "link", target=decode(content))
    return Member(name, "file", content)


def _check(entry: ZipInfo, name: str, bounds: Bounds) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise TreeError("is encrypted", subject=name)
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise TreeError("is compressed by a method other than deflate", subject=name)
    if entry.file_size > SMALL + bounds.ratio * entry.compress_size:
        raise TreeError(f"unpacks to more than {bounds.ratio} times its size", subject=name)


def _name(entry: ZipInfo) -> str:
    """Without the mark for UTF-8 the bytes of a name are what its maker's system had."""
    name = entry.orig_filename
    return name if entry.flag_bits & _UTF8 else decode(name.encode("cp437"))
