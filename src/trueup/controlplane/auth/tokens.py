"""Bearer tokens: the administrator's, and those of service accounts, which the server signs.

Service account tokens are JSON Web Tokens (RFC 7519, ES256) with the claims that Kubernetes
gives: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trueup.controlplane.auth.user import User, service_account_groups, service_account_name

ISSUER = "https://kubernetes.default.svc.cluster.local"
_ALGORITHM = "ES256"
_COORDINATE = 32

UidOf = Callable[[str, str, str], str]
"""The uid of a core object by plural, namespace and name; empty if there is none."""


class InvalidToken(Exception):
    """The text says why, for logs; clients hear only that they are not authorized."""


@dataclass(frozen=True, slots=True)
class BoundObject:
    """What the token lives and dies with: a pod or a secret beside the service account."""

    plural: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class TokenSubject:
    """The service account that a token is for, and the object that it is bound to."""

    namespace: str
    name: str
    uid: str
    bound: BoundObject | None = None


class TokenSigner:
    """Signs and verifies service account tokens with one key."""

    def __init__(self, key: EllipticCurvePrivateKey, uid_of: UidOf) -> None:
        self._key = key
        self._uid_of = uid_of

    @property
    def key_id(self) -> str:
        """A digest of the public key, as Kubernetes names its keys."""
        form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return _encode(hashlib.sha256(self._key.public_key().public_bytes(*form)).digest())

    def key_set(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set (RFC 7517)."""
        point = self._key.public_key().public_numbers()
        key = {
            "use": "sig",
            "kty": "EC",
            "kid": self.key_id,
            "crv": "P-256",
            "alg": _ALGORITHM,
            "x": _encode(point.x.to_bytes(_COORDINATE, "big")),
            "y": _encode(point.y.to_bytes(_COORDINATE, "big")),
        }
        return {"keys": [key]}

    def sign(self, subject: TokenSubject, audiences: list[str], issued: int, seconds: int) -> str:
        """A token for ``subject`` that is good from ``issued`` for ``seconds``."""
        claims = {
            "aud": audiences or [ISSUER],
            "exp": issued + seconds,
            "iat": issued,
            "iss": ISSUER,
            "jti": str(uuid.uuid4()),
            "kubernetes.io": _private_claims(subject),
            "nbf": issued,
            "sub": service_account_name(subject.namespace, subject.name),
        }
        head = {"alg": _ALGORITHM, "kid": self.key_id, "typ": "JWT"}
        signed = f"{_encode(orjson.dumps(head))}.{_encode(orjson.dumps(claims))}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ECDSA(SHA256())))
        signature = r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")
        return f"{signed}.{_encode(signature)}"

    def user(self, token: str, now: float, audiences: Sequence[str] = (ISSUER,)) -> User:
        """Who the token stands for; InvalidToken if it is forged, stale or for someone else."""
        claims = self._verified(token)
        if not claims.get("nbf", 0) <= now < claims.get("exp", 0):
            raise InvalidToken("the token has expired or is not valid yet")
        if claims.get("iss") != ISSUER or not set(audiences) & set(claims.get("aud", ())):
            raise InvalidToken("the token is meant for another audience")
        private = claims["kubernetes.io"]
        namespace, account = private["namespace"], private["serviceaccount"]
        for plural, singular in _NAMED_IN_CLAIMS.items():
            named = private.get(singular)
            if named and self._uid_of(plural, namespace, named["name"]) != named["uid"]:
                raise InvalidToken(f"the {singular} has been deleted")
        return User(
            name=service_account_name(namespace, account["name"]),
            uid=account["uid"],
            groups=service_account_groups(namespace),
            extra=(("authentication.kubernetes.io/credential-id", (f"JTI={claims['jti']}",)),),
        )

    def audiences(self, token: str) -> list[str]:
        """Whom the token is meant for; InvalidToken if it is forged."""
        return list(self._verified(token).get("aud") or ())

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            signed, _, signature = token.rpartition(".")
            head, _, claims = signed.partition(".")
            if orjson.loads(_decode(head)).get("alg") != _ALGORITHM:
                raise InvalidToken("the token is signed by another algorithm")
            raw = _decode(signature)
            r = int.from_bytes(raw[:_COORDINATE], "big")
            s = int.from_bytes(raw[_COORDINATE:], "big")
            public = self._key.public_key()
            public.verify(encode_dss_signature(r, s), signed.encode(), ECDSA(SHA256()))
            found: dict[str, Any] = orjson.loads(_decode(claims))
        except (ValueError, AttributeError, InvalidSignature) as error:
            raise InvalidToken("the token is malformed or forged") from error
        return found


_NAMED_IN_CLAIMS = {"serviceaccounts": "serviceaccount", "pods": "pod", "secrets": "secret"}


def _private_claims(subject: TokenSubject) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "namespace": subject.namespace,
        "serviceaccount": {"name": subject.name, "uid": subject.uid},
    }
    if subject.bound is not None:
        named = {"name": subject.bound.name, "uid": subject.bound.uid}
        claims[_NAMED_IN_CLAIMS[subject.bound.plural]] = named
    return claims


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
