"""Archives made to break what reads them: no crash, no hang, no memory over the bounds."""

from __future__ import annotations

import gzip
import struct
import tarfile
import zlib
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trueup.errors import TreeError
from trueup.testing.archives import Packed, packed, tar, tar_gz, zipped
from trueup.tree import Bounds
from trueup.tree.archive import chart_from_archive, tree_from_archive

MIB = 1024 * 1024
SMALL = Bounds(total_bytes=100_000, file_bytes=50_000, entries=50, depth=8, path_length=300)


def header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    """A tar header in the old style whose checksum holds, whatever else is wrong."""
    block = name.ljust(100, b"\0") + b"0000644\0" * 3 + size + b"0" * 12 + b" " * 8 + kind
    block = block.ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def pax(records: bytes) -> bytes:
    padded = records.ljust(-(-len(records) // 512) * 512, b"\0")
    return header(b"pax", b"%011o\0" % len(records), b"x") + padded + header(b"a", b"%011o\0" % 0)


DAMAGED = [
    ("no archive", b"apiVersion: v1\n", "is no tar, tar.gz or zip archive"),
    ("nothing at all", b"", "is no tar, tar.gz or zip archive"),
    ("a negative size", header(b"a", b"\xff" * 12), "the size is out of range"),
    ("an endless size", header(b"a", b"\x80" + b"\x7f" * 11), "the size is out of range"),
    ("a size that is none", header(b"a", b"99999999999\0"), "the size is no number"),
    ("a size beyond the end", header(b"a", b"%011o\0" % 600), "it ends in the middle of a file"),
    ("half a header", tar([Packed("a")])[:512] + b"x" * 100, "in the middle of a header"),
    (
        "a wrong checksum",
        tar([Packed("a")])[:512] + b"x" * 512,
        "the checksum of a header is wrong",
    ),
    ("a large description", header(b"a", b"77777777777\0", b"L"), "a header of more than 1048576"),
    ("a pax record without an end", pax(b"99 path=x\n"), "a pax record is malformed"),
    ("a pax record of no length", pax(b"0 path=x\n"), "a pax record is malformed"),
    ("a pax record without a key", pax(b"5 =x\n"), "a pax record is malformed"),
    ("a pax size below zero", pax(b"11 size=-1\n"), "the size is no number"),
    ("a sparse file of pax", pax(b"22 GNU.sparse.major=1\n"), "a sparse file cannot be in a tree"),
    ("a NUL in a name", pax(b"12 path=a\0b\n"), "has a NUL in its name"),
    ("gzip cut short", tar_gz([Packed("a", b"x" * 999)])[:-60], "gzip: Compressed file ended"),
    ("zip cut short", zipped([Packed("a")])[:-30], "zip: "),
]


@pytest.mark.parametrize(
    ("archive", "cause"), [d[1:] for d in DAMAGED], ids=[d[0] for d in DAMAGED]
)
def test_a_damaged_archive_is_refused_in_words(archive: bytes, cause: str) -> None:
    with pytest.raises(TreeError, match=cause):
        tree_from_archive(archive)


def test_a_bomb_of_gzip_ends_early() -> None:
    bomb = gzip.compress(tar([Packed("zeros", bytes(30 * MIB))]))
    with pytest.raises(TreeError, match="unpacks to more than 200 times its size"):
        tree_from_archive(bomb)


def test_a_bomb_of_zip_is_not_unpacked_at_all() -> None:
    with pytest.raises(TreeError, match="zeros: unpacks to more than 200 times its size"):
        tree_from_archive(zipped([Packed("zeros", bytes(9 * MIB))]))


def test_descriptions_without_end_are_not_read_for_ever() -> None:
    endless = header(b"pax_global_header", b"%011o\0" % 0, b"g") * 60
    with pytest.raises(TreeError, match="more than 50 files"):
        tree_from_archive(endless, SMALL)


def test_a_zip_that_claims_another_size_is_refused() -> None:
    honest = zipped([Packed("a", b"x" * 1000)])
    at = honest.index(b"PK\x01\x02") + 24
    with pytest.raises(TreeError, match="the archive is damaged"):
        tree_from_archive(honest[:at] + struct.pack("<I", 10) + honest[at + 4 :])


def test_a_zip_of_countless_entries_is_refused_before_its_directory_is_read() -> None:
    many = zipped(Packed(f"{number:0200}") for number in range(400))
    with pytest.raises(TreeError, match="holds more than 50 entries"):
        tree_from_archive(many, SMALL)


ENTRIES = st.lists(
    st.builds(
        Packed,
        name=st.text(st.sampled_from("ab./\\\x00ü"), max_size=12),
        content=st.binary(max_size=600),
        kind=st.sampled_from(["file", "dir", "link", "hard link"]),
        target=st.text(st.sampled_from("ab./"), max_size=6),
    ),
    max_size=6,
)


@given(ENTRIES, st.sampled_from([tar, tar_gz]), st.integers(0, 3000), st.binary(max_size=20))
@example([Packed("a", kind="link", target="a")], tar, 0, b"")
def test_whatever_is_done_to_an_archive_it_is_a_tree_or_an_error(
    entries: list[Packed], pack: object, at: int, noise: bytes
) -> None:
    archive = bytearray(pack(entries))  # type: ignore[operator]
    archive[at : at + len(noise)] = noise
    for read in (tree_from_archive, chart_from_archive):
        try:
            tree = read(bytes(archive), SMALL)
        except TreeError:
            continue
        assert all(child.name not in ("", ".", "..") for child in tree.entries())
        assert tree.digest("")


@given(
    st.binary(max_size=2000), st.sampled_from([b"", b"\x1f\x8b\x08", b"PK\x03\x04", b"PK\x05\x06"])
)
def test_noise_is_refused(noise: bytes, magic: bytes) -> None:
    try:
        tree_from_archive(magic + noise, SMALL)
    except TreeError:
        return
    assert noise.strip(b"\0") == b"" or magic.startswith(b"PK\x05")


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\\\0:"), min_size=1, max_size=9)


@given(st.dictionaries(NAMES.filter(lambda name: name not in (".", "..")), st.binary(max_size=700)))
def test_what_is_packed_comes_out_as_it_was(files: dict[str, bytes]) -> None:
    archive = tar(packed(files, {}))
    tree = tree_from_archive(archive)
    with tarfile.open(fileobj=BytesIO(archive)) as known:
        assert [entry.name for entry in tree.entries()] == sorted(known.getnames())
    assert {name: tree.read(name) for name in files} == files


def test_the_mark_of_gzip_alone_is_no_gzip() -> None:
    with pytest.raises(TreeError, match="gzip"):
        tree_from_archive(b"\x1f\x8b\x08" + zlib.compress(b"x"))
