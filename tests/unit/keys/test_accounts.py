"""A ServiceAccount asks for keys: what each service is shown of it, and what of it is never told.

Cluster and services are on loopback. What the providers do with an account is also in
``tests/unit/cluster/identity``.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web

from tests.unit.cluster.identity.conftest import ISSUED, Home
from trueup.cluster.identity.gcp import Gcp
from trueup.errors import DecryptionError, InputError, TrueupError, Unavailable
from trueup.keys import Accounts, ActingAccount, KeyMaterial, KeyRing, gcp, vault
from trueup.render.sops import MasterKey

from .conftest import Serve

DATA_KEY = bytes(range(32))
ENCODED = base64.b64encode(DATA_KEY).decode()
FEDERATION = "projects/1/locations/global/workloadIdentityPools/pool/providers/home"
GCP_KEY = "projects/p/locations/global/keyRings/r/cryptoKeys/k"
ARN = "arn:aws:kms:eu-central-1:123456789012:key/1234"
ROLE = "arn:aws:iam::123456789012:role/decrypter"
ASSUMED = """<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>"""


class Issuing(Home):
    """Says also as whom Trueup runs."""

    async def create(self, obj: dict[str, Any], **options: Any) -> dict[str, Any]:
        if obj["kind"] == "SelfSubjectReview":
            user = {"username": "system:serviceaccount:trueup-system:trueup"}
            return {"status": {"userInfo": user}}
        return await super().create(obj, **options)


@pytest.fixture
def home() -> Issuing:
    return Issuing()


ACCOUNT = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "metadata": {"name": "decrypter", "namespace": "team"},
}


def acting_with(
    home: Home, annotations: Mapping[str, str], name: str = "decrypter"
) -> ActingAccount:
    meta = {"name": name, "namespace": "team", "annotations": dict(annotations)}
    return Accounts(home).named({**ACCOUNT, "metadata": meta})


async def opened(material: KeyMaterial, key: MasterKey) -> bytes | TrueupError:
    try:
        return await asyncio.to_thread(KeyRing(material).open, key)
    except TrueupError as error:
        return error


# AWS


class Amazon:
    """An STS that gives keys for tokens, and a KMS."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.refuses = False

    async def answer(self, request: web.Request) -> web.Response:
        if "X-Amz-Target" in request.headers:
            signer = request.headers["Authorization"].partition("Credential=")[2]
            self.asked.append(("kms", signer.partition("/")[0]))
            return web.json_response({"KeyId": ARN, "Plaintext": ENCODED})
        form = await request.post()
        names = ("RoleArn", "RoleSessionName", "WebIdentityToken")
        self.asked.append(tuple(str(form[name]) for name in names))
        if self.refuses:
            said = f"<ErrorResponse><Error><Code>No</Code><Message>not {ISSUED}</Message></Error>"
            return web.Response(text=f"{said}</ErrorResponse>", status=403)
        return web.Response(text=ASSUMED, content_type="text/xml")


@pytest.fixture
async def amazon(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Amazon:
    cloud = Amazon()
    url = await serve({"POST /": cloud.answer})
    for service in ("KMS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    return cloud


def kms_key() -> MasterKey:
    fields = {"arn": ARN, "role": "", "context": {}, "aws_profile": ""}
    return MasterKey("kms", base64.b64encode(b"sealed").decode(), fields)


async def test_aws_gives_the_role_in_the_annotation_for_the_token(
    amazon: Amazon, home: Issuing
) -> None:
    account = acting_with(home, {"eks.amazonaws.com/role-arn": ROLE})
    assert await opened(KeyMaterial(account=account), kms_key()) == DATA_KEY
    session = "decrypter.team.eu-central-1.fluxcd.io"
    assert amazon.asked == [(ROLE, session, ISSUED), ("kms", "ASIAROLE")]
    assert home.audiences == ["sts.amazonaws.com"]


async def test_aws_refuses_and_the_token_is_not_told(amazon: Amazon, home: Issuing) -> None:
    amazon.refuses = True
    account = acting_with(home, {"eks.amazonaws.com/role-arn": ROLE})
    error = await opened(KeyMaterial(account=account), kms_key())
    assert isinstance(error, DecryptionError)
    assert ("not ***" in str(error), ISSUED in str(error)) == (True, False)


async def test_an_account_without_a_role_acts_as_nobody_else(
    amazon: Amazon, home: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    material = KeyMaterial(account=acting_with(home, {}), ambient=True)
    assert isinstance(await opened(material, kms_key()), InputError)
    assert amazon.asked == []


# Azure


AZURE_KEY = MasterKey(
    "azure_kv",
    "c2VhbGVk",
    {"vault_url": "https://shop.vault.azure.net", "name": "sops", "version": ""},
)


async def test_azure_needs_an_application_in_the_annotations(home: Issuing) -> None:
    material = KeyMaterial(account=acting_with(home, {}), ambient=True)
    error = await opened(material, AZURE_KEY)
    assert isinstance(error, InputError)
    assert "azure.workload.identity/tenant-id" in str(error)


# Google


async def test_google_exchanges_the_token_at_the_pool_in_the_annotation(
    serve: Serve, home: Issuing
) -> None:
    asked: list[str] = []

    async def exchange(request: web.Request) -> web.Response:
        form = await request.post()
        asked.append(str(form["subject_token"]))
        return web.json_response(
            {
                "access_token": "federated",
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "token_type": "Bearer",
                "expires_in": 3600,
            }
        )

    def post(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(headers["Authorization"])
        return {"plaintext": ENCODED}

    url = await serve({"POST /v1/token": exchange})
    account = acting_with(home, {"gcp.auth.fluxcd.io/workload-identity-provider": FEDERATION})
    opener = gcp.opener(KeyMaterial(account=account), Gcp(url, url, url), post)
    key = MasterKey("gcp_kms", "c2VhbGVk", {"resource_id": GCP_KEY})
    assert await asyncio.to_thread(opener, key) == DATA_KEY
    assert asked == [ISSUED, "Bearer federated"]
    assert home.audiences == [f"//iam.googleapis.com/{FEDERATION}"]


# Vault


class Vault:
    """Gives a token to the role ``team_decrypter``, and ``trueup-system_trueup``."""

    def __init__(self) -> None:
        self.logins: list[Any] = []

    async def log_in(self, request: web.Request) -> web.Response:
        self.logins.append(await request.json())
        if self.logins[-1]["role"] == "team_stranger":
            return web.json_response({"errors": [f"no role for {ISSUED}"]}, status=400)
        return web.json_response({"auth": {"client_token": "s.lent"}})

    async def decrypt(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Vault-Token") != "s.lent":
            return web.json_response({"errors": ["permission denied"]}, status=403)
        return web.json_response({"data": {"plaintext": ENCODED}})


@pytest.fixture
def transit() -> Vault:
    return Vault()


@pytest.fixture
async def url(serve: Serve, transit: Vault) -> str:
    return await serve(
        {
            "POST /v1/auth/kubernetes/login": transit.log_in,
            "POST /v1/transit/decrypt/{key}": transit.decrypt,
        }
    )


def vault_key(url: str, name: str = "sops") -> MasterKey:
    fields = {"vault_address": url, "engine_path": "transit", "key_name": name}
    return MasterKey("hc_vault", "vault:v1:abc", fields)


async def test_vault_lends_a_token_for_the_role_of_the_account(
    url: str, transit: Vault, home: Issuing
) -> None:
    logins = {url: "auth/kubernetes/login"}
    material = KeyMaterial(account=acting_with(home, {}), vault_logins=logins)
    assert await opened(material, vault_key(url)) == DATA_KEY
    assert transit.logins == [{"role": "team_decrypter", "jwt": ISSUED}]
    assert home.audiences == [url]


async def test_vault_is_logged_in_to_once_for_all_keys(
    url: str, transit: Vault, home: Issuing
) -> None:
    logins = {url: "auth/kubernetes/login"}
    ring = KeyRing(KeyMaterial(account=acting_with(home, {}), vault_logins=logins))
    for name in ("one", "two"):
        await asyncio.to_thread(ring.open, vault_key(url, name))
    assert len(transit.logins) == 1


async def test_trueups_own_account_logs_in_where_none_is_named(
    url: str, transit: Vault, home: Issuing
) -> None:
    logins = {url: "auth/kubernetes/login"}
    material = KeyMaterial(own_account=Accounts(home).own, vault_logins=logins)
    assert await opened(material, vault_key(url)) == DATA_KEY
    assert transit.logins[0]["role"] == "trueup-system_trueup"


async def test_a_vault_that_the_operator_does_not_name_is_shown_no_token(
    url: str, transit: Vault, home: Issuing
) -> None:
    material = KeyMaterial(account=acting_with(home, {}), vault_logins={"http://other": "auth/x"})
    error = await opened(material, vault_key(url))
    assert "--sops-vault-configmap" in str(error)
    assert (transit.logins, home.audiences) == ([], [])


async def test_a_token_that_was_given_comes_before_the_account(
    url: str, transit: Vault, home: Issuing
) -> None:
    logins = {url: "auth/kubernetes/login"}
    account = acting_with(home, {})
    material = KeyMaterial(vault_token="s.lent", account=account, vault_logins=logins)
    assert await opened(material, vault_key(url)) == DATA_KEY
    assert transit.logins == []


async def test_vault_refuses_a_login_and_the_token_is_not_told(url: str, home: Issuing) -> None:
    stranger = acting_with(home, {}, "stranger")
    logins = {url: "auth/kubernetes/login"}
    error = await opened(KeyMaterial(account=stranger, vault_logins=logins), vault_key(url))
    assert ("cannot log in" in str(error), "no role for ***" in str(error)) == (True, True)
    assert ISSUED not in str(error)


async def test_an_answer_without_a_token_is_told(home: Issuing) -> None:
    def post(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        return {"auth": None}

    logins = {"https://vault": "auth/kubernetes/login"}
    material = KeyMaterial(account=acting_with(home, {}), vault_logins=logins)
    with pytest.raises(DecryptionError, match="holds no token"):
        await asyncio.to_thread(vault.opener(material, post), vault_key("https://vault"))


async def test_a_cluster_that_does_not_answer_is_not_waited_for(home: Issuing) -> None:
    class Silent(Issuing):
        async def create(self, obj: dict[str, Any], **options: Any) -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

    account = Accounts(Silent(), seconds=0.01).named(ACCOUNT)
    with pytest.raises(Unavailable, match="took more than"):
        await asyncio.to_thread(account.token, "somebody")
