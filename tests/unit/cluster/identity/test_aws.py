"""EKS: against an STS and an EKS on loopback, and tokens judged as the cluster judges them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable
from functools import reduce
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from aiohttp import web

from trueup.cluster.identity import Access, Account, WorkloadIdentity
from trueup.cluster.identity.aws import Aws
from trueup.errors import InputError, Unauthorized, Unavailable

from .conftest import ISSUED, Home, Serve

ROLE = "arn:aws:iam::123456789012:role/deployer"
ANNOTATED = {"eks.amazonaws.com/role-arn": ROLE}
CLUSTER = "arn:aws:eks:eu-central-1:123456789012:cluster/prod"
WANTED = WorkloadIdentity("aws", cluster=CLUSTER)
ENDPOINT = "https://ABC.gr7.eu-central-1.eks.amazonaws.com"
KEYS = {"ASIAROLE": "role-secret", "AKIAOWN": "own-secret"}

AsAccount = Callable[[dict[str, str]], Account]


class Amazon:
    """STS and EKS: gives keys for a token, and describes the cluster to who has some."""

    def __init__(self, ca: str) -> None:
        self.asked: list[dict[str, str]] = []
        self.described_to: list[str] = []
        self.refusal = 0
        self._ca = base64.b64encode(ca.encode()).decode()

    async def sts(self, request: web.Request) -> web.Response:
        self.asked.append({str(key): str(value) for key, value in (await request.post()).items()})
        if self.refusal:
            return web.Response(status=self.refusal, text=REFUSAL, content_type="text/xml")
        return web.Response(text=ASSUMED, content_type="text/xml")

    async def eks(self, request: web.Request) -> web.Response:
        self.described_to.append(request.headers["Authorization"].split("/")[0].split("=")[1])
        name = request.match_info["name"]
        if name == "new":
            return web.json_response({"cluster": {"name": name, "status": "CREATING"}})
        authority = {"data": self._ca}
        cluster = {"name": name, "endpoint": ENDPOINT, "certificateAuthority": authority}
        return web.json_response({"cluster": cluster})


@pytest.fixture
async def amazon(serve: Serve, ca: str, monkeypatch: pytest.MonkeyPatch) -> Amazon:
    cloud = Amazon(ca)
    url = await serve({"POST /": cloud.sts, "GET /clusters/{name}": cloud.eks})
    monkeypatch.setenv("AWS_ENDPOINT_URL_EKS", url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    return cloud


def signer(access: Access, cluster: str) -> str:
    """Whose key signed the request in the token, for ``cluster``, by Signature Version 4."""
    encoded = access.token.removeprefix("k8s-aws-v1.")
    url = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    query = dict(parse_qsl(url.query))
    signature = query.pop("X-Amz-Signature")
    pairs = sorted((quote(key, safe=""), quote(value, safe="")) for key, value in query.items())
    canonical = "\n".join(
        [
            "GET",
            "/",
            "&".join(f"{key}={value}" for key, value in pairs),
            f"host:{url.netloc}\nx-k8s-aws-id:{cluster}\n",
            "host;x-k8s-aws-id",
            hashlib.sha256(b"").hexdigest(),
        ]
    )
    key_id, *scope = query["X-Amz-Credential"].split("/")
    lines = (query["X-Amz-Date"], "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest())
    text = "\n".join(("AWS4-HMAC-SHA256", *lines))
    key = reduce(_hmac, scope, f"AWS4{KEYS[key_id]}".encode())
    assert query["Action"] == "GetCallerIdentity"
    assert _hmac(key, text).hex() == signature
    return key_id


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


async def test_the_token_is_signed_by_the_role_for_this_cluster(
    amazon: Amazon, account: AsAccount
) -> None:
    access = await Aws().access(WANTED, account(ANNOTATED))
    assert signer(access, "prod") == "ASIAROLE"


async def test_the_role_is_asked_for_with_the_token_of_the_account(
    amazon: Amazon, account: AsAccount, home: Home
) -> None:
    await Aws().access(WANTED, account(ANNOTATED))
    [asked] = amazon.asked
    assert (asked["WebIdentityToken"], asked["RoleArn"]) == (ISSUED, ROLE)
    assert asked["RoleSessionName"] == "deployer.team.eu-central-1.fluxcd.io"
    assert home.audiences == ["sts.amazonaws.com"]


async def test_the_cluster_is_looked_up_as_the_role(
    amazon: Amazon, account: AsAccount, ca: str
) -> None:
    access = await Aws().access(WANTED, account(ANNOTATED))
    assert (access.server, access.ca) == (f"{ENDPOINT.lower()}:443", ca.encode())
    assert amazon.described_to == ["ASIAROLE"]


async def test_a_cluster_that_is_still_being_made_is_told(
    amazon: Amazon, account: AsAccount
) -> None:
    wanted = WorkloadIdentity("aws", CLUSTER.replace("prod", "new"))
    with pytest.raises(Unavailable, match="cluster/new has no address or no authority yet"):
        await Aws().access(wanted, account(ANNOTATED))


async def test_with_address_and_authority_nothing_is_looked_up(
    amazon: Amazon, account: AsAccount, ca: str
) -> None:
    wanted = WorkloadIdentity("aws", CLUSTER, address="https://10.0.0.1", ca=ca)
    access = await Aws().access(wanted, account(ANNOTATED))
    assert (access.server, amazon.described_to) == ("https://10.0.0.1:443", [])


async def test_without_an_account_trueups_own_credentials_sign(
    amazon: Amazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOWN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["AKIAOWN"])
    access = await Aws().access(WANTED, None)
    assert (signer(access, "prod"), amazon.asked) == ("AKIAOWN", [])


async def test_without_any_credentials_that_is_said(amazon: Amazon) -> None:
    with pytest.raises(Unauthorized, match="Trueup has no AWS credentials here"):
        await Aws().access(WANTED, None)


@pytest.mark.parametrize(("status", "kind"), [(403, Unauthorized), (503, Unavailable)])
async def test_what_aws_refuses_is_told_without_the_token(
    amazon: Amazon,
    account: AsAccount,
    caplog: pytest.LogCaptureFixture,
    status: int,
    kind: type[Exception],
) -> None:
    caplog.set_level(logging.DEBUG)
    amazon.refusal = status
    with pytest.raises(kind, match=r"AccessDenied.*Not you \*\*\*") as raised:
        await Aws().access(WANTED, account(ANNOTATED))
    assert ISSUED not in f"{raised.value}{caplog.text}"


async def test_an_aws_that_does_not_answer_is_told(
    amazon: Amazon, account: AsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"Could not connect.*127\.0\.0\.1:1"):
        await Aws().access(WANTED, account(ANNOTATED))


async def test_an_account_without_a_role_is_refused(amazon: Amazon, account: AsAccount) -> None:
    with pytest.raises(InputError, match="is no ARN of a role"):
        await Aws().access(WANTED, account({}))


@pytest.mark.parametrize("cluster", ["", "prod", CLUSTER.replace(":eks:", ":rds:"), f"x{CLUSTER}"])
async def test_what_is_no_cluster_is_refused(account: AsAccount, cluster: str) -> None:
    with pytest.raises(InputError, match="is no ARN of an EKS cluster"):
        await Aws().access(WorkloadIdentity("aws", cluster), account(ANNOTATED))


ASSUMED = """
<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Credentials>
      <AccessKeyId>ASIAROLE</AccessKeyId>
      <SecretAccessKey>role-secret</SecretAccessKey>
      <SessionToken>session</SessionToken>
      <Expiration>2999-01-01T00:00:00Z</Expiration>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>
"""
REFUSAL = """
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not you a-token-of-the-home</Message></Error>
  <RequestId>1</RequestId>
</ErrorResponse>
"""
