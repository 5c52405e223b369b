"""One door for both kinds of signature."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trueup.errors import VerificationError
from trueup.fetch.signature.armor import SPACE
from trueup.fetch.signature.clearsigned import decode_clearsigned
from trueup.fetch.signature.cursor import MalformedError
from trueup.fetch.signature.openpgp import find_openpgp_signer
from trueup.fetch.signature.ssh import find_ssh_signer

Kind = Literal["gpg", "ssh"]

_STARTS = {
    "-----BEGIN PGP SIGNATURE-----": "openpgp",
    "-----BEGIN SSH SIGNATURE-----": "ssh",
    "-----BEGIN SIGNED MESSAGE-----": "x509",
}
_FORMATS = {"gpg": "openpgp", "ssh": "ssh"}


@dataclass(frozen=True, slots=True)
class Verified:
    """Who signed. ``key`` is what Flux shows: for SSH the ``SHA256:…`` fingerprint, for OpenPGP
    the end of the primary key's fingerprint, its key id (16 upper-case hex digits).
    """

    key: str
    fingerprint: str


def kind_of(signature: str) -> str:
    """``openpgp``, ``ssh``, ``x509``, ``empty`` or ``unknown``, by the armour's first line."""
    text = signature.strip(SPACE)
    known = (name for start, name in _STARTS.items() if text.startswith(start))
    return next(known, "unknown" if signature else "empty")


def verify(
    kind: Kind, payload: bytes, signature: str, keys: Sequence[str], now: float | None = None
) -> Verified:
    """Who of ``keys`` made ``signature`` over ``payload``.

    ``keys`` are texts: armoured OpenPGP key rings, or authorized_keys lines. ``now`` (seconds
    since 1970; the present by default) decides what has expired. Raises VerificationError with
    the reason; as in fluxcd/pkg/git/signature a text that does not parse is left out as long as
    another one does.
    """
    armored = signature.strip(SPACE)
    if not armored:
        raise VerificationError("unable to verify payload: signature is empty")
    if not payload:
        raise VerificationError("unable to verify payload: payload is empty")
    if kind_of(armored) != _FORMATS[kind]:
        raise VerificationError(
            f"expected an {_FORMATS[kind]} signature, detected signature format: {kind_of(armored)}"
        )
    try:
        if kind == "ssh":
            fingerprint = find_ssh_signer(payload, armored, keys).fingerprint
            return Verified(fingerprint, fingerprint)
        moment = int(time.time() if now is None else now)
        primary = find_openpgp_signer(payload, armored, keys, moment)
        return Verified(primary.key_id, primary.fingerprint)
    except MalformedError as error:
        raise VerificationError(
            f"unable to verify payload with any of the given keys: {error}",
            next_step="check that the signer's public key is in the Secret",
        ) from None


def verify_signed(
    payload: bytes, signature: str, *, key_rings: Sequence[str], authorized_keys: Sequence[str]
) -> Verified:
    """Verifies a commit or tag by whichever kind its signature is of. Raises VerificationError."""
    found = kind_of(signature)
    if found == "openpgp":
        if not key_rings:
            raise VerificationError(
                "PGP signature detected but no PGP public keys found in secret "
                "(keys with .asc suffix)"
            )
        return verify("gpg", payload, signature, key_rings)
    if found == "ssh":
        if not authorized_keys:
            raise VerificationError(
                "SSH signature detected but no SSH public keys found in secret "
                "(keys with .sshpub suffix)"
            )
        return verify("ssh", payload, signature, authorized_keys)
    raise VerificationError(f"unsupported signature type: {found}")


def verify_clearsigned(message: bytes, key_ring: str | bytes, now: float | None = None) -> bytes:
    """The text of ``message``, which is clear-signed, if a key of the ring signed it.

    The ring is an armoured text, or bytes as gpg exports them. Raises VerificationError.
    """
    moment = int(time.time() if now is None else now)
    try:
        found = decode_clearsigned(message)
        find_openpgp_signer(found.signed, found.signature, [key_ring], moment)
    except MalformedError as error:
        raise VerificationError(
            str(error), next_step="check that the keyring has the public key of whoever signed it"
        ) from None
    return found.text
