"""Amazon EKS: a presigned request that says who we are is the token.

https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
With a ServiceAccount, its token is first exchanged for the role in the account's annotation.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from trueup.cluster.credential import utc_now
from trueup.cluster.identity.access import Access, authority_of, looked_up, said_of, server_of
from trueup.cluster.identity.account import Account
from trueup.cluster.identity.wanted import WorkloadIdentity
from trueup.errors import InputError, Unauthorized, Unavailable

logging.getLogger("botocore").setLevel(
    logging.CRITICAL
)  # it logs what it sends; errors tell enough

_CLUSTER = re.compile(r"arn:aws[\w-]*:eks:([^:]{1,100}):[0-9]{1,30}:cluster/(.{1,200})")
_ROLE = re.compile(r"arn:aws[\w-]*:iam::[0-9]{1,30}:role/.{1,200}")
_ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
AUDIENCE = "sts.amazonaws.com"
"""Whom the token of an account is for."""

_LIFE = timedelta(minutes=15)
"""How long EKS accepts such a token."""

PATIENCE = Config(connect_timeout=10, read_timeout=10, retries={"max_attempts": 1})


class Aws:
    """Where the cluster is, and its authority, is asked of EKS unless both are given."""

    async def access(self, wanted: WorkloadIdentity, account: Account | None) -> Access:
        region, name = _parsed(wanted.cluster)
        token, assume = "", _nobody
        if account is not None:
            role, session = role_of(account), session_name(account, region)
            token = (await account.token(wanted.audiences or (AUDIENCE,))).token
            assume = partial(assumed, region, role, session, token)
        with _told(wanted.cluster, token):
            user = _User(region, await asyncio.to_thread(assume))
            return await asyncio.to_thread(user.enter, name, wanted)


class _User:
    """Somebody that AWS knows: whoever has ``keys``, or else whoever this machine is."""

    def __init__(self, region: str, keys: Mapping[str, str]) -> None:
        self._session = botocore.session.Session()
        self._region = region
        self._keys = keys

    def enter(self, name: str, wanted: WorkloadIdentity) -> Access:
        expires = utc_now() + _LIFE
        address, ca = wanted.address, authority_of(wanted.ca)
        if not address or ca is None:
            found = self._client("eks").describe_cluster(name=name)["cluster"]
            authority = (found.get("certificateAuthority") or {}).get("data")
            there = looked_up(wanted.cluster, found.get("endpoint"), authority)
            address, ca = address or there[0], ca or there[1]
        return Access(server_of(address), ca, self._token(name), expires)

    def _token(self, name: str) -> str:
        """The request is signed for this one cluster."""
        sts = self._client("sts")

        def name_cluster(request: Any, **_: Any) -> None:
            request.headers["x-k8s-aws-id"] = name

        sts.meta.events.register("before-sign.sts.GetCallerIdentity", name_cluster)
        url: str = sts.generate_presigned_url(
            "get_caller_identity", ExpiresIn=int(_LIFE.total_seconds()), HttpMethod="GET"
        )
        return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")

    def _client(self, service: str) -> Any:
        return self._session.create_client(service, self._region, config=PATIENCE, **self._keys)


def _parsed(cluster: str) -> tuple[str, str]:
    """Region and name."""
    found = _CLUSTER.fullmatch(cluster)
    if found is None:
        raise InputError(
            f"its cluster {cluster!r} is no ARN of an EKS cluster",
            next_step="write it like arn:aws:eks:REGION:ACCOUNT:cluster/NAME",
        )
    return found[1], found[2]


def _nobody() -> Mapping[str, str]:
    return {}


def assumed(region: str, role: str, session: str, token: str) -> Mapping[str, str]:
    """The keys of ``role`` for an account's ``token``, by the names that ``create_client`` takes.

    Blocks; raises what botocore raises.
    """
    unsigned = PATIENCE.merge(Config(signature_version=UNSIGNED))
    sts = botocore.session.Session().create_client("sts", region, config=unsigned)
    answer = sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName=session, WebIdentityToken=token
    )
    given = answer["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def role_of(account: Account) -> str:
    """Raises InputError if the account's annotation names none."""
    role = account.annotations.get(_ROLE_ANNOTATION, "")
    if not _ROLE.fullmatch(role):
        raise InputError(
            f"its annotation {_ROLE_ANNOTATION} {role!r} is no ARN of a role",
            subject=str(account.ref),
            next_step="write it like arn:aws:iam::ACCOUNT:role/NAME",
        )
    return role


def session_name(account: Account, region: str) -> str:
    """As Flux names its sessions, since the role may be granted by that; at most 64 characters."""
    return f"{account.ref.name}.{account.ref.namespace}.{region}.fluxcd.io"[:64]


@contextmanager
def _told(cluster: str, token: str) -> Iterator[None]:
    """What AWS refuses, in its own words, but without ``token``."""
    try:
        yield
    except ClientError as error:
        status = (error.response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0
        kind = Unavailable if status >= 500 or status == 429 else Unauthorized
        raise kind(f"no way to {cluster}: {said_of(error, token)}") from error
    except NoCredentialsError as error:
        raise Unauthorized(f"no way to {cluster}: Trueup has no AWS credentials here") from error
    except BotoCoreError as error:
        raise Unavailable(f"no way to {cluster}: {said_of(error, token)}") from error
