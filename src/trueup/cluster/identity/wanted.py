"""What a ConfigMap says of a cluster, and of who we are to be there."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.errors import InputError
from trueup.objects import Manifest
from trueup.objects.names import dns_subdomain


@dataclass(frozen=True, slots=True)
class WorkloadIdentity:
    """The ConfigMap's data, each empty where it says nothing."""

    provider: str
    cluster: str = ""
    """The cluster's full name in the API of its cloud."""
    address: str = ""
    ca: str = ""
    """PEM."""
    audiences: tuple[str, ...] = ()
    """Whom the ServiceAccount's token is for; none: whom the provider means it for."""
    account: str = ""
    """A ServiceAccount of the ConfigMap's namespace; empty: whoever Trueup itself is."""
    by_tenant: bool = False
    """Whether who wrote it is to get no token that is good at home."""

    @classmethod
    def of(cls, config_map: Manifest, default_account: str) -> WorkloadIdentity:
        """InputError for a bad name.

        ``default_account`` is meant if the ConfigMap names none; that there is one tells that
        tenants are kept apart.
        """
        data = config_map.get("data") or {}
        account = data.get("serviceAccountName") or default_account
        if account and (problems := dns_subdomain(account)):
            raise InputError(
                f"its serviceAccountName {account!r} is no name: {problems[0]}",
                next_step="name a ServiceAccount of the same namespace",
            )
        lines = (line.strip() for line in (data.get("audiences") or "").split("\n"))
        return cls(
            provider=data.get("provider") or "",
            cluster=data.get("cluster") or "",
            address=data.get("address") or "",
            ca=data.get("ca.crt") or "",
            audiences=tuple(line for line in lines if line),
            account=account,
            by_tenant=bool(default_account),
        )
