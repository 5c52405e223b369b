"""From the headers of a request to its user."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote

from trueup.controlplane.auth.attributes import Attributes, refusal
from trueup.controlplane.auth.rbac import Authorizer
from trueup.controlplane.auth.tokens import ISSUER, InvalidToken, TokenSigner
from trueup.controlplane.auth.user import (
    ANONYMOUS,
    AUTHENTICATED,
    UNAUTHENTICATED,
    User,
    service_account_groups,
    service_account_of,
)
from trueup.errors import BadRequest, Unauthorized

_EXTRA = "impersonate-extra-"


class Authenticator:
    """Knows fixed tokens, and the server's own service account tokens."""

    def __init__(
        self,
        tokens: Mapping[str, User],
        signer: TokenSigner,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tokens = dict(tokens)
        self._signer = signer
        self._clock = clock

    def user(self, headers: Mapping[str, str]) -> User:
        """Anonymous without credentials; Unauthorized when there are some and they are wrong."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not scheme:
            return ANONYMOUS
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized("Unauthorized")
        try:
            return self.token_user(token.strip())
        except InvalidToken as error:
            raise Unauthorized("Unauthorized") from error

    def token_user(self, token: str, audiences: Sequence[str] = (ISSUER,)) -> User:
        """Who ``token`` stands for; InvalidToken if nobody, or if it is for other audiences."""
        for known, user in self._tokens.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                return user
        return self._signer.user(token, self._clock(), audiences)

    def shared_audiences(self, token: str, audiences: Sequence[str]) -> list[str]:
        """Those of ``audiences`` that a token which ``token_user`` accepts is meant for."""
        if token in self._tokens:
            return list(audiences)
        meant = self._signer.audiences(token)
        return [audience for audience in audiences if audience in meant]


def impersonated(
    user: User, headers: Mapping[str, str], asked: Attributes, authorizer: Authorizer
) -> User:
    """The user that the request is to be made as; Forbidden if ``user`` may not impersonate.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
    A header that comes more than once has its values joined by newlines.
    """
    name = headers.get("impersonate-user", "")
    groups = _values(headers.get("impersonate-group", ""))
    uid = headers.get("impersonate-uid", "")
    extra = {
        unquote(key.removeprefix(_EXTRA)): _values(value)
        for key, value in headers.items()
        if key.startswith(_EXTRA)
    }
    if not name:
        if groups or uid or extra:
            raise BadRequest("requested impersonation without impersonating a user name")
        return user
    account = service_account_of(name)
    for part in _parts(name, groups, uid, extra):
        if not authorizer.allows(user, part):
            mode = "serviceaccount" if account else "user-info"
            raise refusal(user, _constrained(asked, f"impersonate-on:{mode}:{asked.verb}"))
    wanted = tuple(extra.items())
    return User(name, uid, _groups_of(account, name, groups), wanted)


def _groups_of(
    account: tuple[str, str] | None, name: str, groups: tuple[str, ...]
) -> tuple[str, ...]:
    if account and not groups:
        return service_account_groups(account[0])
    if name == ANONYMOUS.name:
        return groups or (UNAUTHENTICATED,)
    if UNAUTHENTICATED in groups or AUTHENTICATED in groups:
        return groups
    return (*groups, AUTHENTICATED)


def _parts(
    name: str, groups: tuple[str, ...], uid: str, extra: Mapping[str, tuple[str, ...]]
) -> list[Attributes]:
    """What ``user`` must be allowed to impersonate, piece by piece."""
    account = service_account_of(name)
    if account:
        namespace, short = account
        parts = [
            Attributes("impersonate", resource="serviceaccounts", namespace=namespace, name=short)
        ]
    else:
        parts = [Attributes("impersonate", resource="users", name=name)]
    parts += [Attributes("impersonate", resource="groups", name=group) for group in groups]
    identity = "authentication.k8s.io"
    if uid:
        parts.append(Attributes("impersonate", group=identity, resource="uids", name=uid))
    for key, values in extra.items():
        parts += [
            Attributes("impersonate", identity, "userextras", key, name=value) for value in values
        ]
    return parts


def _constrained(asked: Attributes, verb: str) -> Attributes:
    return Attributes(
        verb,
        asked.group,
        asked.resource,
        asked.subresource,
        asked.namespace,
        asked.name,
        asked.path,
    )


def _values(header: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in header.split("\n") if value.strip())
