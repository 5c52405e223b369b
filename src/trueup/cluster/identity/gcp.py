"""Google's GKE: an OAuth access token opens the cluster.

https://cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes
With a ServiceAccount, its token is exchanged for one of the workload identity pool, and that for one
of the Google service account in the account's annotation, if there is one.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any

import google.auth
from google.auth.credentials import with_scopes_if_required
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.identity_pool import Credentials, SubjectTokenSupplier
from google.auth.transport.requests import Request

from trueup.cluster.credential import Credential
from trueup.cluster.identity.access import Access, authority_of, looked_up, said_of, server_of
from trueup.cluster.identity.account import Account
from trueup.cluster.identity.rest import call, call_for_object
from trueup.cluster.identity.wanted import WorkloadIdentity
from trueup.errors import InputError, Unauthorized, Unavailable

logging.getLogger("google").setLevel(logging.CRITICAL)  # it logs what it sends; errors tell enough

_CLUSTER = re.compile(r"projects/[^/]{1,200}/locations/[^/]{1,200}/clusters/[^/]{1,200}")
_EMAIL = re.compile(r"[a-zA-Z0-9-]{1,100}@[a-zA-Z0-9-]{1,100}\.iam\.gserviceaccount\.com")
_FEDERATION = re.compile(
    r"projects/\d{1,30}/locations/global/workloadIdentityPools/[^/]{1,100}/providers/[^/]{1,100}"
)
_EMAIL_ANNOTATION = "iam.gke.io/gcp-service-account"
_FEDERATION_ANNOTATION = "gcp.auth.fluxcd.io/workload-identity-provider"
_SECONDS = 10
_SCOPES = (
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/userinfo.email",
)


@dataclass(frozen=True)
class Gcp:
    """Where the cluster is, and its authority, is asked of GKE unless both are given."""

    tokens: str = "https://sts.googleapis.com"
    impersonation: str = "https://iamcredentials.googleapis.com"
    containers: str = "https://container.googleapis.com"

    async def access(self, wanted: WorkloadIdentity, account: Account | None) -> Access:
        address, ca = wanted.address, authority_of(wanted.ca)
        if (not address or ca is None) and not _CLUSTER.fullmatch(wanted.cluster):
            raise InputError(
                f"its cluster {wanted.cluster!r} is no name of a GKE cluster",
                next_step="write it like projects/PROJECT/locations/LOCATION/clusters/NAME",
            )
        own = await (self._exchanged(wanted, account) if account else _own())
        if not address or ca is None:
            found = await self._described(wanted.cluster, own.token)
            authority = (found.get("masterAuth") or {}).get("clusterCaCertificate")
            there = looked_up(wanted.cluster, found.get("endpoint"), authority)
            address, ca = address or there[0], ca or there[1]
        return Access(server_of(address), ca, own.token, own.expires)

    async def _described(self, cluster: str, token: str) -> dict[str, Any]:
        return await call_for_object("GET", f"{self.containers}/v1/{cluster}", token)

    async def _exchanged(self, wanted: WorkloadIdentity, account: Account) -> Credential:
        pool = await pool_of(account)
        token = (await account.token(wanted.audiences or (pool.audience,))).token
        credentials = self.exchanging(account, pool, token, _SCOPES)
        return await asyncio.to_thread(_token, credentials, token)

    def exchanging(
        self, account: Account, pool: Pool, token: str, scopes: Sequence[str]
    ) -> Credentials:
        """Whoever ``account`` is to Google, by its ``token``; InputError for a bad annotation."""
        email = _annotation(account, _EMAIL_ANNOTATION, _EMAIL)
        acting = f"/v1/projects/-/serviceAccounts/{email}:generateAccessToken" if email else ""
        return Credentials(  # type: ignore[no-untyped-call]
            audience=pool.name,
            subject_token_type="urn:ietf:params:oauth:token-type:jwt",  # noqa: S106 - a type
            token_url=f"{self.tokens}/v1/token",
            subject_token_supplier=_Given(token),
            service_account_impersonation_url=self.impersonation + acting if acting else None,
            scopes=scopes,
        )


@dataclass(frozen=True, slots=True)
class Pool:
    """Of workload identities. ``audience``: whom the token of an account is for."""

    audience: str
    name: str


async def pool_of(account: Account) -> Pool:
    """The one in the account's annotation, else that of the GKE cluster that Trueup runs on."""
    federation = _annotation(account, _FEDERATION_ANNOTATION, _FEDERATION)
    if not federation:
        return await _of_this_cluster()
    name = f"//iam.googleapis.com/{federation}"
    return Pool(name, name)


class _Given(SubjectTokenSupplier):
    """Supplies a token that is there already."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_subject_token(self, context: Any, request: Any) -> str:
        return self._token


async def _own() -> Credential:
    """Whoever this machine is, by its environment or Google's metadata server."""
    return await asyncio.to_thread(_own_token)


def _own_token() -> Credential:
    with _told():
        found = own_credentials(_SCOPES)
    return _token(found)


def own_credentials(scopes: Sequence[str]) -> Any:
    """Raises GoogleAuthError where this machine is nobody to Google."""
    found, _ = google.auth.default()  # with scopes it would look up a project too
    return with_scopes_if_required(found, scopes)  # type: ignore[no-untyped-call]


def refresh(credentials: Any) -> None:
    """Raises GoogleAuthError, also where it takes too long: the library waits for minutes."""
    credentials.refresh(partial(Request(), timeout=_SECONDS))


def _token(credentials: Any, given: str = "") -> Credential:
    with _told(given):
        refresh(credentials)
    return Credential(credentials.token, credentials.expiry.replace(tzinfo=UTC))


async def _of_this_cluster() -> Pool:
    wanted = (
        "project/project-id",
        "instance/attributes/cluster-location",
        "instance/attributes/cluster-name",
    )
    project, location, name = [await _metadata(path) for path in wanted]
    pool = f"{project}.svc.id.goog"
    cluster = f"projects/{project}/locations/{location}/clusters/{name}"
    return Pool(pool, f"identitynamespace:{pool}:https://container.googleapis.com/v1/{cluster}")


async def _metadata(path: str) -> str:
    host = os.environ.get("GCE_METADATA_HOST") or "metadata.google.internal"
    url = f"http://{host}/computeMetadata/v1/{path}"
    return (await call("GET", url, headers={"Metadata-Flavor": "Google"})).decode()


def _annotation(account: Account, key: str, form: re.Pattern[str]) -> str:
    """Empty if there is none; InputError if it is of another form."""
    value = account.annotations.get(key, "")
    if value and not form.fullmatch(value):
        raise InputError(
            f"its annotation {key} {value!r} does not match {form.pattern}",
            subject=str(account.ref),
        )
    return value


@contextmanager
def _told(token: str = "") -> Iterator[None]:
    """What Google refuses, in its own words, but without ``token``."""
    try:
        yield
    except TransportError as error:
        raise Unavailable(f"no token of Google: {said_of(error, token)}") from error
    except GoogleAuthError as error:
        raise Unauthorized(f"no token of Google: {said_of(error, token)}") from error
