"""Transferable public keys (RFC 9580, section 10.1): a primary key, its names and subkeys."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from trueup.fetch.signature.armor import Armored, decode_openpgp
from trueup.fetch.signature.cursor import MalformedError
from trueup.fetch.signature.openpgp.errors import StructuralError, UnsupportedError
from trueup.fetch.signature.openpgp.packets import PacketReader, UserId
from trueup.fetch.signature.openpgp.public_key import PublicKey
from trueup.fetch.signature.openpgp.signature_packet import (
    KEY_COMPROMISED,
    Signature,
    SignatureType,
)

_LABELS = ("PGP PUBLIC KEY BLOCK", "PGP PRIVATE KEY BLOCK")
_CERTIFICATIONS = frozenset(
    {
        SignatureType.GENERIC_CERTIFICATION,
        SignatureType.PERSONA_CERTIFICATION,
        SignatureType.CASUAL_CERTIFICATION,
        SignatureType.POSITIVE_CERTIFICATION,
        SignatureType.CERTIFICATION_REVOCATION,
    }
)


@dataclass(slots=True)
class Identity:
    """A user id, with the newest signature that the key made over it."""

    self_signature: Signature | None = None
    revocations: list[Signature] = field(default_factory=list)


@dataclass(slots=True)
class Subkey:
    """A subkey with what binds and revokes it."""

    key: PublicKey
    binding: Signature
    revocations: list[Signature]


@dataclass(slots=True)
class Entity:
    """One person's key: all signatures in it were checked when it was read."""

    primary: PublicKey
    identities: dict[bytes, Identity] = field(default_factory=dict)
    revocations: list[Signature] = field(default_factory=list)
    subkeys: list[Subkey] = field(default_factory=list)
    direct_signature: Signature | None = None

    @property
    def primary_identity(self) -> Identity | None:
        """The one that is not revoked, is marked as primary, or is the newest, in that order."""
        chosen: Identity | None = None
        for identity in self.identities.values():
            if chosen is None or _is_preferred(identity, chosen):
                chosen = identity
        return chosen

    @property
    def self_signature(self) -> Signature | None:
        """The signature that says what the primary key is for, and how long it lives."""
        if self.primary.version == 6:
            return self.direct_signature
        identity = self.primary_identity
        return identity.self_signature if identity is not None else None


def _is_preferred(one: Identity, other: Identity) -> bool:
    if len(one.revocations) != len(other.revocations):
        return len(one.revocations) < len(other.revocations)
    mine, theirs = one.self_signature, other.self_signature
    if theirs is None or mine is None:
        return theirs is None
    if mine.is_primary_id != theirs.is_primary_id:
        return mine.is_primary_id
    return mine.created_at > theirs.created_at


def is_revoked(revocations: list[Signature], now: int) -> bool:
    return any(
        each.revocation_reason == KEY_COMPROMISED or not each.is_expired(now)
        for each in revocations
    )


@lru_cache(maxsize=64)
def read_key_ring(ring: str | bytes) -> tuple[Entity, ...]:
    """The keys in an armoured text, or in bytes as ``gpg --export`` writes them.

    Unreadable ones are passed over as long as one is readable. Raises MalformedError if there is
    none, or if the text ends early.
    """
    packets = PacketReader(_block(ring))
    entities: list[Entity] = []
    problem: MalformedError | None = None
    is_more = True
    while is_more:
        try:
            entity = _read_entity(packets)
            is_more = entity is not None
            if entity is not None:
                entities.append(entity)
        except (StructuralError, UnsupportedError) as error:
            problem = error
            is_more = _skip_to_next_key(packets)
    if not entities and problem is not None:
        raise problem
    return tuple(entities)


def _block(ring: str | bytes) -> Armored:
    if isinstance(ring, bytes):
        return Armored("", ring, is_whole=True)
    block = decode_openpgp(ring)
    if block.label not in _LABELS:
        raise MalformedError(f"expected public or private key block, got: {block.label}")
    return block


def _skip_to_next_key(packets: PacketReader) -> bool:
    while (packet := packets.next()) is not None:
        if isinstance(packet, PublicKey) and not packet.is_subkey:
            packets.put_back(packet)
            return True
    return False


def _read_entity(packets: PacketReader) -> Entity | None:
    first = packets.next()
    if first is None:
        return None
    if not isinstance(first, PublicKey):
        packets.put_back(first)
        raise StructuralError("first packet was not a public/private key")
    if first.may_sign is False:
        raise StructuralError("primary key cannot be used for signatures")
    entity, direct = Entity(first), list[Signature]()
    while (packet := packets.next()) is not None:
        if isinstance(packet, UserId):
            _read_identity(entity, packets, packet)
        elif isinstance(packet, Signature) and packet.kind == SignatureType.KEY_REVOCATION:
            entity.revocations.append(packet)
        elif isinstance(packet, Signature) and packet.kind == SignatureType.DIRECT_KEY:
            direct.append(packet)
        elif isinstance(packet, PublicKey):
            if not packet.is_subkey:
                packets.put_back(packet)
                break
            _read_subkey(entity, packets, packet)
    _check_entity(entity, direct)
    return entity


def _check_entity(entity: Entity, direct: list[Signature]) -> None:
    primary = entity.primary
    if primary.version == 6:
        own = [each for each in direct if each.names_issuer(primary.fingerprint, primary.key_id)]
        entity.direct_signature = max(own, key=lambda each: each.created_at, default=None)
        if entity.direct_signature is None:
            raise StructuralError("v6 entity without a valid direct-key signature")
        if not primary.signed(primary.framed, entity.direct_signature):
            raise StructuralError("invalid direct-key self-signature for v6 primary key")
    elif not entity.identities:
        raise StructuralError("entity without any identities")
    for revocation in entity.revocations:
        if not primary.signed(primary.framed, revocation):
            raise StructuralError("revocation signature signed by alternate key")


def _read_identity(entity: Entity, packets: PacketReader, user_id: UserId) -> None:
    identity, primary = Identity(), entity.primary
    content = primary.framed + b"\xb4" + len(user_id.content).to_bytes(4, "big") + user_id.content
    while (packet := packets.next()) is not None:
        if not isinstance(packet, Signature):
            packets.put_back(packet)
            return
        if packet.kind not in _CERTIFICATIONS:
            raise StructuralError("user ID signature with wrong type")
        if not packet.names_issuer(primary.fingerprint, primary.key_id):
            continue  # somebody else's opinion of this name
        if not primary.signed(content, packet):
            raise StructuralError("user ID self-signature invalid")
        if packet.kind == SignatureType.CERTIFICATION_REVOCATION:
            identity.revocations.append(packet)
        elif _is_newer(packet, identity.self_signature):
            identity.self_signature = packet
        entity.identities[user_id.content] = identity


def _read_subkey(entity: Entity, packets: PacketReader, key: PublicKey) -> None:
    binding: Signature | None = None
    revocations: list[Signature] = []
    while (packet := _next_of_subkey(packets)) is not None:
        if packet.kind not in (SignatureType.SUBKEY_BINDING, SignatureType.SUBKEY_REVOCATION):
            raise StructuralError("subkey signature with wrong type")
        _check_binding(entity.primary, key, packet)
        if packet.kind == SignatureType.SUBKEY_REVOCATION:
            revocations.append(packet)
        elif _is_newer(packet, binding):
            binding = packet
    if binding is None:
        raise StructuralError("subkey packet not followed by signature")
    entity.subkeys.append(Subkey(key, binding, revocations))


def _next_of_subkey(packets: PacketReader) -> Signature | None:
    try:
        packet = packets.next()
    except MalformedError as error:
        raise StructuralError(f"subkey signature invalid: {error}") from None
    if packet is None or isinstance(packet, Signature):
        return packet
    packets.put_back(packet)
    return None


def _check_binding(primary: PublicKey, key: PublicKey, signature: Signature) -> None:
    """A subkey that signs must itself have signed that it belongs to the primary key."""
    content = primary.framed + key.framed
    if not primary.signed(content, signature):
        raise StructuralError("subkey signature invalid")
    if not signature.may_sign:
        return
    if signature.embedded is None:
        raise StructuralError("signing subkey is missing cross-signature")
    if not key.signed(content, signature.embedded):
        raise StructuralError("error while verifying cross-signature")


def _is_newer(signature: Signature, than: Signature | None) -> bool:
    return than is None or signature.created_at > than.created_at
