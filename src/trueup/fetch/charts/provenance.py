"""Whether a package is what its maker signed: the ``.prov`` file that ``helm package --sign`` writes.

It is clear-signed: Chart.yaml, a line of dots, and ``files``, the digest of the package by its name.
"""

from __future__ import annotations

from trueup.errors import TrueupError, VerificationError
from trueup.fetch.charts.package import Package
from trueup.fetch.signature import verify_clearsigned
from trueup.objects import yaml

SUFFIX = ".prov"
_ARMOR = b"-----BEGIN "
_DOTS = b"\n...\n"


def check_provenance(package: Package, key_ring: bytes) -> None:
    """VerificationError unless a key of the ring signed for this very package by its name.

    The ring is what gpg exports; armoured it is taken, too, unlike by Helm.
    """
    try:
        text = verify_clearsigned(package.provenance, _ring(key_ring))
        signed_for = _digest_in(text, package.file_name)
    except TrueupError as error:
        cause = f"the provenance does not hold: {error.cause}"
        raise VerificationError(
            cause, subject=package.file_name, next_step=error.next_step
        ) from error
    if signed_for != package.digest:
        raise VerificationError(
            f"has the digest {package.digest}, and was signed with {signed_for}",
            subject=package.file_name,
            next_step="do not use it; ask who published it",
        )


def _ring(key_ring: bytes) -> str | bytes:
    if key_ring.lstrip().startswith(_ARMOR):
        return key_ring.decode("ascii", "replace")
    return key_ring


def _digest_in(text: bytes, file_name: str) -> str:
    parts = text.split(_DOTS)
    document = yaml.load(parts[1]) if len(parts) > 1 else None
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, dict) or file_name not in files:
        raise VerificationError(f"it has no digest for a file named {file_name!r}")
    return str(files[file_name])
