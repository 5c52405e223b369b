"""Clusters that trust the tokens of the cluster that Trueup runs on, by OIDC.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
"""

from __future__ import annotations

from trueup.cluster.client import Client
from trueup.cluster.identity.access import Access, authority_of, server_of
from trueup.cluster.identity.account import Account
from trueup.cluster.identity.wanted import WorkloadIdentity
from trueup.errors import InputError


class Generic:
    """The ServiceAccount's own token opens the cluster."""

    def __init__(self, home: Client) -> None:
        self._home = home

    async def access(self, wanted: WorkloadIdentity, account: Account | None) -> Access:
        if not wanted.address:
            raise InputError("has no address", next_step="add the address of the API server")
        server, ca = server_of(wanted.address), authority_of(wanted.ca)
        account = account or await Account.own(self._home)
        audiences = wanted.audiences or (wanted.address,)
        if wanted.by_tenant and (ours := await account.home_audiences() & {*audiences}):
            raise InputError(
                f"its audiences have {', '.join(sorted(ours))}, which opens this cluster itself",
                next_step="choose audiences that only the other cluster takes",
            )
        token = await account.token(audiences)
        return Access(server, ca, token.token, token.expires)
