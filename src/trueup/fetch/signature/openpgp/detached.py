"""Detached signatures: which key of which ring made this one, and does it still count?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trueup.fetch.signature.armor import Armored, decode_openpgp
from trueup.fetch.signature.cursor import MalformedError
from trueup.fetch.signature.openpgp.key_ring import Entity, Subkey, is_revoked, read_key_ring
from trueup.fetch.signature.openpgp.packets import PacketReader
from trueup.fetch.signature.openpgp.public_key import PublicKey
from trueup.fetch.signature.openpgp.signature_packet import Signature, SignatureType

_LINE_END = re.compile(rb"\r.|\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _SigningKey:
    """A key of ``entity`` that may sign; ``subkey`` is None where it is the primary key."""

    entity: Entity
    subkey: Subkey | None

    @property
    def key(self) -> PublicKey:
        return self.subkey.key if self.subkey is not None else self.entity.primary

    @property
    def self_signature(self) -> Signature | None:
        return self.subkey.binding if self.subkey is not None else self.entity.self_signature


def find_openpgp_signer(
    payload: bytes, armored: str, key_rings: Sequence[str | bytes], now: int
) -> PublicKey:
    """The primary key of whoever in ``key_rings`` made the signature over ``payload``.

    Raises MalformedError with the reason if nobody did, or if it no longer counts.
    """
    block = decode_openpgp(armored)
    if block.label != "PGP SIGNATURE":
        raise MalformedError(f"expected 'PGP SIGNATURE', got: {block.label}")
    reasons: list[str] = []
    for ring in key_rings:
        try:
            return _check(payload, block, read_key_ring(ring), now)
        except MalformedError as error:
            reasons.append(str(error))
    raise MalformedError("; ".join(dict.fromkeys(reasons)) or "no matching key")


def _check(payload: bytes, block: Armored, ring: Sequence[Entity], now: int) -> PublicKey:
    signature, signers = _first_known(block, ring)
    if signature.kind not in (SignatureType.BINARY, SignatureType.TEXT):
        raise MalformedError(f"unsupported signature type: {signature.kind}")
    content = payload if signature.kind == SignatureType.BINARY else _canonical_text(payload)
    # A key id that two keys share is one key twice: the first that can sign decides.
    signer = next((each for each in signers if each.key.may_sign), None)
    if signer is None or not signer.key.signed(content, signature):
        raise MalformedError("the signature does not match the payload")
    _check_counts(signer, signature, now)
    return signer.entity.primary


def _first_known(block: Armored, ring: Sequence[Entity]) -> tuple[Signature, list[_SigningKey]]:
    """The first signature whose issuer is in the ring."""
    packets = PacketReader(block)
    while (packet := packets.next()) is not None:
        if not isinstance(packet, Signature):
            raise MalformedError("non signature packet found")
        if not packet.issuer_key_id:
            raise MalformedError("signature doesn't have an issuer")
        signers = [each for each in _signing_keys(ring) if each.key.key_id == packet.issuer_key_id]
        if signers:
            return packet, signers
    raise MalformedError("signature made by unknown entity")


def _signing_keys(ring: Sequence[Entity]) -> Iterable[_SigningKey]:
    for entity in ring:
        for key in (_SigningKey(entity, None), *(_SigningKey(entity, s) for s in entity.subkeys)):
            if key.self_signature is not None and key.self_signature.may_sign:
                yield key


def _check_counts(signer: _SigningKey, signature: Signature, now: int) -> None:
    """Raises MalformedError for a revoked or expired key, identity or signature."""
    entity, subkey = signer.entity, signer.subkey
    identity = entity.primary_identity if entity.primary.version == 4 else None
    own = entity.self_signature
    if own is None:
        raise MalformedError("the primary key has no self-signature")
    relevant = [signature, own]
    if subkey is not None:
        relevant += [subkey.binding, *filter(None, [subkey.binding.embedded])]
    if any(each.critical_notations for each in relevant):
        raise MalformedError("unknown critical notation")
    if (
        is_revoked(entity.revocations, now)
        or (subkey is not None and is_revoked(subkey.revocations, now))
        or (identity is not None and is_revoked(identity.revocations, now))
    ):
        raise MalformedError("the signing key is revoked")
    if entity.primary.is_expired(own.key_lifetime, now):
        raise MalformedError("the key has expired")
    if subkey is not None and subkey.key.is_expired(subkey.binding.key_lifetime, now):
        raise MalformedError("the key has expired")
    if any(each.is_expired(now) for each in relevant):
        raise MalformedError("the signature has expired")


def _canonical_text(payload: bytes) -> bytes:
    """Line ends as CR LF (RFC 9580, 5.2.1.2)."""
    return _LINE_END.sub(lambda found: b"\r\n" if found[0] == b"\n" else found[0], payload)
