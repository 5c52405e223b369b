"""Who may have their request answered: authentication, impersonation, authorization."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from trueup.cel.kubernetes.authorization import Asked
from trueup.controlplane.auth.attributes import Attributes, refusal
from trueup.controlplane.auth.authentication import Authenticator, impersonated
from trueup.controlplane.auth.credentials import ADMIN, Credentials
from trueup.controlplane.auth.rbac import GROUP, Authorizer
from trueup.controlplane.auth.tokens import TokenSigner
from trueup.controlplane.auth.user import (
    AUTHENTICATED,
    MASTERS,
    User,
    service_account_groups,
    service_account_name,
)
from trueup.controlplane.http.granting import CreationGuard, GrantGuard
from trueup.controlplane.http.message import Request
from trueup.controlplane.http.route import Route
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.registry import Registry
from trueup.objects import Manifest

_KINDS = ("clusterroles", "clusterrolebindings", "roles", "rolebindings")


class Access:
    """Who makes a request, and whether they may."""

    def __init__(
        self, authenticator: Authenticator, authorizer: Authorizer, signer: TokenSigner
    ) -> None:
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.signer = signer

    def admitted_user(self, request: Request, asked: Route) -> User:
        """The user that the request counts as; Unauthorized or Forbidden when it must not be."""
        user = request.user or self.authenticator.user(request.headers)
        attributes = attributes_of(asked)
        if any(name.startswith("impersonate-") for name in request.headers):
            user = impersonated(user, request.headers, attributes, self.authorizer)
        decision = self.authorizer.decide(user, attributes)
        if not decision.allowed:
            raise refusal(user, attributes, decision.reason)
        return user


def attributes_of(asked: Route) -> Attributes:
    if not asked.is_resource:
        return Attributes(asked.verb, path=asked.path)
    return Attributes(
        asked.verb,
        asked.group,
        asked.resource,
        asked.subresource,
        asked.namespace,
        asked.name,
        asked.path,
    )


def open_access(registry: Registry, found: Credentials) -> Access:
    """Access by ``found``, and by the roles and service accounts in the store."""

    def list_objects(plural: str) -> Sequence[Manifest]:
        return [decode(entry) for entry in registry.store.bucket(f"{GROUP}/{plural}").entries()]

    def uid_of(plural: str, namespace: str, name: str) -> str:
        entry = registry.store.bucket(f"/{plural}").get(f"{namespace}/{name}")
        return str(decode(entry)["metadata"]["uid"]) if entry else ""

    authorizer = Authorizer(list_objects)
    for plural in _KINDS:
        registry.rules.listen(f"{GROUP}/{plural}", authorizer.invalidate, authorizer.invalidate)
    registry.admission.guards += [CreationGuard(authorizer), GrantGuard(authorizer)]
    registry.admission.chain.authorize = partial(_answer, authorizer)
    signer = TokenSigner(found.token_key, uid_of)
    admin = User(ADMIN, groups=(MASTERS, AUTHENTICATED))
    authenticator = Authenticator({found.admin_token: admin}, signer)
    return Access(authenticator, authorizer, signer)


def _answer(authorizer: Authorizer, user: User, asked: Asked) -> tuple[bool, str]:
    """What an expression of admission is told about ``user``, or about an account that it names."""
    if asked.account is not None:
        namespace, name = asked.account
        groups = service_account_groups(namespace)
        user = User(service_account_name(namespace, name), groups=groups)
    attributes = Attributes(
        asked.verb,
        asked.group,
        asked.resource,
        asked.subresource,
        asked.namespace,
        asked.name,
        asked.path,
    )
    decision = authorizer.decide(user, attributes)
    return decision.allowed, decision.reason
