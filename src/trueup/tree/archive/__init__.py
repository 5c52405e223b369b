"""Trees from archives: tar, tar.gz and zip, of which nobody knows who made them.

::

    compression ──▶ tar ─┐
                   zip ─┴▶ Members ──▶ unpacking ──▶ MemoryTree

Nothing is written to disk, so a path can lead nowhere; what a tree cannot hold is refused all the
same, with the entry's name: absolute paths, ``..``, devices, sparse files, names that come twice,
hard links to what is not in the archive. Symlinks stay links and are judged as they are followed,
as in every tree. Names that differ in case only are two names.
"""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

from trueup.errors import TreeError
from trueup.tree.archive.compression import decompressed, is_gzip
from trueup.tree.archive.tar import is_tar, read_tar
from trueup.tree.archive.unpacking import unpack
from trueup.tree.archive.zip import is_zip, read_zip
from trueup.tree.bounds import MIB, Bounds, Meter
from trueup.tree.memory import MemoryTree

__all__ = ["ARCHIVE_BOUNDS", "CHART_BOUNDS", "chart_from_archive", "tree_from_archive"]

ARCHIVE_BOUNDS = Bounds()
CHART_BOUNDS = Bounds(total_bytes=100 * MIB, file_bytes=5 * MIB)
"""As Helm has them."""

_HEAD = 512


def tree_from_archive(
    archive: bytes | BinaryIO, bounds: Bounds = ARCHIVE_BOUNDS, *, source: str = ""
) -> MemoryTree:
    """The files of a tar, tar.gz or zip, which a seekable ``archive`` holds from where it stands.

    Raises TreeError for what is no such archive, is damaged, passes a bound or holds what a tree
    cannot; ``source`` names the archive in it.
    """
    return _read(archive, bounds, source, is_chart=False)


def chart_from_archive(
    archive: bytes | BinaryIO, bounds: Bounds = CHART_BOUNDS, *, source: str = ""
) -> MemoryTree:
    """The files of a packaged chart, which lie in one folder there, at the root of the tree.

    As Helm does, it takes backslashes of packages made on Windows for slashes, and looks at no
    more of the folder than that it is there.
    """
    return _read(archive, bounds, source, is_chart=True)


def _read(archive: bytes | BinaryIO, bounds: Bounds, source: str, *, is_chart: bool) -> MemoryTree:
    file = BytesIO(archive) if isinstance(archive, bytes) else archive
    meter = Meter(bounds)
    head = file.read(_HEAD)
    file.seek(-len(head), 1)
    try:
        if is_zip(head):
            return unpack(read_zip(file, meter, bounds), meter, is_chart=is_chart)
        stream = decompressed(file, bounds.ratio) if is_gzip(head) else file
        if not (is_gzip(head) or is_tar(head)):
            raise TreeError("is no tar, tar.gz or zip archive")
        return unpack(read_tar(stream, meter, bounds), meter, is_chart=is_chart)
    except TreeError as error:
        error.subject = ": ".join(filter(None, (source, error.subject)))
        raise
