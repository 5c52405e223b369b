"""Azure's AKS: a token of Microsoft Entra ID opens the cluster.

https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id
With a ServiceAccount, its token is exchanged for one of the application in the account's
annotations, which must be federated with the account.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError
from azure.identity import (
    ChainedTokenCredential,
    ClientAssertionCredential,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from trueup.cluster.credential import Credential
from trueup.cluster.identity.access import Access, authority_of, said_of, server_of
from trueup.cluster.identity.account import Account
from trueup.cluster.identity.rest import call_for_object
from trueup.cluster.identity.wanted import WorkloadIdentity
from trueup.cluster.kubeconfig import ClusterConfig, cluster_config_from_kubeconfig
from trueup.errors import InputError, Unauthorized, Unavailable
from trueup.objects import yaml

for _name in ("azure", "msal"):  # they log what they send and get; errors tell enough
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_CLUSTER = re.compile(
    r"/subscriptions/[^/]{36}/resourceGroups/[^/]{1,200}"
    r"/providers/Microsoft\.ContainerService/managedClusters/[^/]{1,200}",
    re.IGNORECASE,
)
_ANNOTATIONS = ("azure.workload.identity/tenant-id", "azure.workload.identity/client-id")
AUDIENCE = "api://AzureADTokenExchange"
"""Whom the token of an account is for."""

PATIENCE: Mapping[str, Any] = {"connection_timeout": 10, "read_timeout": 10, "retry_total": 1}
"""Options of credentials, which would wait for minutes otherwise."""

_AKS = "6dae42f8-4368-4678-94ff-3960e28e3630/.default"
"""What every AKS cluster with Entra ID is to it."""

_API_VERSION = "2022-04-01"
_WORKLOAD = ("AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_TENANT_ID")


@dataclass(frozen=True, slots=True)
class Cloud:
    """One of Azure's clouds, by its resource manager and what tokens for that are made out to."""

    manager: str
    audience: str


_PUBLIC = Cloud("https://management.azure.com", "https://management.core.windows.net/")
_OTHERS = {
    "chinacloudapi.cn": Cloud(
        "https://management.chinacloudapi.cn", "https://management.core.chinacloudapi.cn/"
    ),
    "microsoftonline.us": Cloud(
        "https://management.usgovcloudapi.net", "https://management.core.usgovcloudapi.net/"
    ),
}


def _cloud() -> Cloud:
    """The one that the environment says we log in to."""
    host = os.environ.get("AZURE_AUTHORITY_HOST", "")
    return next((cloud for name, cloud in _OTHERS.items() if name in host), _PUBLIC)


@dataclass(frozen=True)
class Azure:
    """Where the cluster is, and its authority, is asked of Azure unless both are given.

    ``options`` are those of azure-identity's credentials.
    """

    cloud: Cloud = field(default_factory=_cloud)
    options: Mapping[str, Any] = field(default_factory=dict)

    async def access(self, wanted: WorkloadIdentity, account: Account | None) -> Access:
        address, ca = wanted.address, authority_of(wanted.ca)
        if (not address or ca is None) and not _CLUSTER.fullmatch(wanted.cluster):
            raise InputError(
                f"its cluster {wanted.cluster!r} is no resource ID of an AKS cluster",
                next_step="write it like /subscriptions/ID/resourceGroups/GROUP"
                "/providers/Microsoft.ContainerService/managedClusters/NAME",
            )
        with closing(await self._user(wanted, account)) as user:
            opens = await user.token(_AKS)
            if not address or ca is None:
                looks = await user.token(f"{self.cloud.audience}/.default")
                found = await self._described(wanted.cluster, address, looks.token)
                address, ca = address or found.server, ca or found.ca
        return Access(server_of(address), ca, opens.token, opens.expires)

    async def _user(self, wanted: WorkloadIdentity, account: Account | None) -> _User:
        if account is None:
            return _User(own_credential(self.options))
        token = (await account.token(wanted.audiences or (AUDIENCE,))).token
        return _User(exchanging(account, lambda: token, self.options), token)

    async def _described(self, cluster: str, address: str, token: str) -> ClusterConfig:
        """The one of its servers that is at ``address``; none given: the first."""
        place, version = self.cloud.manager + cluster, f"?api-version={_API_VERSION}"
        resource = await call_for_object("GET", place + version, token)
        if not (resource.get("properties") or {}).get("aadProfile"):
            raise Unauthorized(f"{cluster} does not have Microsoft Entra ID enabled")
        answer = await call_for_object("POST", f"{place}/listClusterUserCredential{version}", token)
        servers = [_server(item["value"]) for item in answer.get("kubeconfigs") or ()]
        meant = server_of(address) if address else ""
        for config in servers:
            if not meant or server_of(config.server) == meant:
                return config
        known = ", ".join(config.server for config in servers) or "none"
        raise InputError(f"{cluster} has no address {address or 'at all'!r}, but {known}")


class _User:
    """Somebody that Entra ID knows. ``given`` is not to be shown."""

    def __init__(self, credential: Any, given: str = "") -> None:
        self._credential = credential
        self._given = given

    def close(self) -> None:
        self._credential.close()

    async def token(self, scope: str) -> Credential:
        with _told(self._given):
            found = await asyncio.to_thread(self._credential.get_token, scope)
        return Credential(found.token, datetime.fromtimestamp(found.expires_on, UTC))


def own_credential(options: Mapping[str, Any]) -> ChainedTokenCredential:
    """Whoever the environment says, or the machine's managed identity; no program is run."""
    options = {**PATIENCE, **options}
    found: list[TokenCredential] = [EnvironmentCredential(**options)]
    if all(os.environ.get(name) for name in _WORKLOAD):
        found.append(WorkloadIdentityCredential(**options))
    client = os.environ.get("AZURE_CLIENT_ID")
    found.append(ManagedIdentityCredential(client_id=client, **options))
    return ChainedTokenCredential(*found)


def exchanging(
    account: Account, token: Callable[[], str], options: Mapping[str, Any]
) -> ClientAssertionCredential:
    """The application in the annotations of ``account``, by what ``token`` gives for ``AUDIENCE``.

    Raises InputError if the annotations name none.
    """
    tenant, client = (_annotation(account, key) for key in _ANNOTATIONS)
    return ClientAssertionCredential(tenant, client, token, **{**PATIENCE, **options})


def _annotation(account: Account, key: str) -> str:
    value = account.annotations.get(key, "")
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,100}", value):
        raise InputError(
            f"its annotation {key} {value!r} is no ID",
            subject=str(account.ref),
            next_step="write the ID of the application's tenant, and that of the application",
        )
    return value


def _server(encoded: str) -> ClusterConfig:
    """What the kubeconfig says of the cluster; its user would need a program."""
    document = yaml.load(base64.b64decode(encoded))
    for entry in document["contexts"]:
        entry["context"].pop("user", None)
    return cluster_config_from_kubeconfig(yaml.dump(document))


@contextmanager
def _told(token: str) -> Iterator[None]:
    """What Azure refuses, in its own words, but without ``token``."""
    try:
        yield
    except (ServiceRequestError, ServiceResponseError) as error:
        raise Unavailable(f"no token of Azure: {said_of(error, token)}") from error
    except (AzureError, ValueError) as error:
        raise Unauthorized(f"no token of Azure: {said_of(error, token)}") from error
