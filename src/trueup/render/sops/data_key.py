"""The key that a document's leaves are encrypted with, and the port to those who can open it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trueup.errors import DecryptionError, TrueupError
from trueup.render.sops.metadata import MasterKey, Metadata
from trueup.render.sops.shamir import combine


class DataKeys(Protocol):
    """Whoever has master keys: a key ring, or a service that keeps them."""

    def open(self, key: MasterKey) -> bytes:
        """What ``key`` encrypts. Raises TrueupError, whose words hold no key."""
        ...


def data_key(metadata: Metadata, keys: DataKeys) -> bytes:
    """The document's key; DecryptionError tells of each master key why it does not open it."""
    parts, reasons = [], []
    for group in metadata.groups:
        part, failures = _part(group, keys)
        reasons += failures
        if part is not None:
            parts.append(part)
    wanted = metadata.threshold if len(metadata.groups) > 1 else 1
    if len(parts) < max(wanted, 1):
        raise DecryptionError(
            _complaint(reasons, len(parts), wanted, len(metadata.groups)),
            next_step="give the private key of one of them, or access to it",
        )
    return parts[0] if len(metadata.groups) == 1 else combine(parts)


def _part(group: Sequence[MasterKey], keys: DataKeys) -> tuple[bytes | None, list[str]]:
    failures = []
    for key in group:
        try:
            return keys.open(key), []
        except TrueupError as error:
            failures.append(f"{key}: {error}")
    return None, failures


def _complaint(reasons: Sequence[str], found: int, wanted: int, groups: int) -> str:
    what = "no key here opens it" if groups == 1 else f"{found} of {wanted} key groups opened"
    return f"{what} ({'; '.join(reasons)})" if reasons else what
