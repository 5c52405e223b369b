"""Archives for tests: well made by the standard library, and as bad as they need be."""

from __future__ import annotations

import gzip
import stat
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_TYPES = {
    "file": tarfile.REGTYPE,
    "dir": tarfile.DIRTYPE,
    "link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "fifo": tarfile.FIFOTYPE,
    "device": tarfile.CHRTYPE,
    "contiguous": tarfile.CONTTYPE,
    "sparse": tarfile.GNUTYPE_SPARSE,
    "unknown": b"Z",
}
_MODES = {"dir": stat.S_IFDIR, "link": stat.S_IFLNK, "fifo": stat.S_IFIFO}


@dataclass(frozen=True, slots=True)
class Packed:
    """One entry to be packed; ``kind`` is a key of this module's table of types."""

    name: str
    content: bytes = b""
    kind: str = "file"
    target: str = ""


def packed(files: Mapping[str, bytes | str], links: Mapping[str, str]) -> list[Packed]:
    """Entries for ``files`` and ``links``, each in the order given."""
    contents = {
        name: text.encode() if isinstance(text, str) else text for name, text in files.items()
    }
    return [
        *(Packed(name, content) for name, content in contents.items()),
        *(Packed(name, kind="link", target=target) for name, target in links.items()),
    ]


def tar(entries: Iterable[Packed], style: int = tarfile.PAX_FORMAT) -> bytes:
    """``entries`` as tar of a ``style`` that tarfile knows, with nothing made better."""
    made = BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=style) as archive:
        for entry in entries:
            info = tarfile.TarInfo(entry.name)
            info.type, info.linkname, info.size = (
                _TYPES[entry.kind],
                entry.target,
                len(entry.content),
            )
            archive.addfile(info, BytesIO(entry.content))
    return made.getvalue()


def tar_gz(entries: Iterable[Packed]) -> bytes:
    """``tar``, compressed; the same entries always give the same bytes."""
    return gzip.compress(tar(entries), mtime=0)


class _Named(ZipInfo):
    """With a name that may be no UTF-8; the library would only write text."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the library's own name
        raw = self.filename.encode("utf-8", "surrogateescape")
        return raw, self.flag_bits


def zipped(entries: Iterable[Packed]) -> bytes:
    """``entries`` as zip, deflated."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for entry in entries:
            info = _Named(entry.name)
            info.external_attr = (_MODES.get(entry.kind, stat.S_IFREG) | 0o644) << 16
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, entry.target.encode() or entry.content)
    return made.getvalue()


def chart(name: str, version: str, files: Mapping[str, str] | None = None) -> bytes:
    """A packaged chart; ``files`` come besides its Chart.yaml, or in the place of it."""
    about = f"apiVersion: v2\nname: {name}\nversion: {version}\n"
    inside = {"Chart.yaml": about} | dict(files or {})
    return tar_gz(packed({f"{name}/{path}": text for path, text in inside.items()}, {}))
