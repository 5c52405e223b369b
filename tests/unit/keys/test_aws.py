"""AWS KMS: against a KMS and an STS on loopback that check who signed."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from aiohttp import web

from trueup.errors import DecryptionError, Unavailable
from trueup.keys import AwsKeys, KeyMaterial, KeyRing
from trueup.render.sops import MasterKey

from .conftest import Serve

DATA_KEY = bytes(range(32))
ARN = "arn:aws:kms:eu-central-1:123456789012:key/1234"
ROLE = "arn:aws:iam::123456789012:role/decrypter"
ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


class Amazon:
    def __init__(self) -> None:
        self.decrypts: list[tuple[str, str, dict[str, Any]]] = []
        self.assumed: list[str] = []
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        signer, _, scope = (
            request.headers["Authorization"].partition("Credential=")[2].partition("/")
        )
        if "X-Amz-Target" not in request.headers:
            form = await request.post()
            self.assumed.append(str(form["RoleArn"]))
            return web.Response(text=ASSUMED, content_type="text/xml")
        assert request.headers["X-Amz-Target"] == "TrentService.Decrypt"
        self.decrypts.append((signer, scope.split(",")[0], await request.json()))
        if self.status != 200:
            said = {"__type": "AccessDeniedException", "message": "not allowed"}
            return web.json_response(said, status=self.status)
        return web.json_response({"KeyId": ARN, "Plaintext": base64.b64encode(DATA_KEY).decode()})


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


def key(arn: str = ARN, role: str = "") -> MasterKey:
    fields = {"arn": arn, "role": role, "context": {"app": "shop"}, "aws_profile": ""}
    return MasterKey("kms", base64.b64encode(b"sealed").decode(), fields)


async def opened(wanted: MasterKey) -> bytes:
    ring = KeyRing(KeyMaterial(aws=AwsKeys("AKIAOWN", "very-secret")))
    return await asyncio.to_thread(ring.open, wanted)


async def test_the_key_is_asked_for_in_its_region_by_who_was_given(amazon: Amazon) -> None:
    assert await opened(key()) == DATA_KEY
    signer, scope, body = amazon.decrypts[0]
    assert (signer, scope.split("/", 1)[1]) == ("AKIAOWN", "eu-central-1/kms/aws4_request")
    sealed = base64.b64encode(b"sealed").decode()
    wanted = {"KeyId": ARN, "CiphertextBlob": sealed, "EncryptionContext": {"app": "shop"}}
    assert body == wanted


async def test_a_role_is_assumed_first(amazon: Amazon) -> None:
    assert await opened(key(role=ROLE)) == DATA_KEY
    assert (amazon.assumed, amazon.decrypts[0][0]) == ([ROLE], "ASIAROLE")


async def test_a_refusal_is_told_in_the_words_of_aws(amazon: Amazon) -> None:
    amazon.status = 400
    with pytest.raises(DecryptionError, match="not allowed"):
        await opened(key())


async def test_a_service_that_is_down_may_answer_later(amazon: Amazon) -> None:
    amazon.status = 500
    with pytest.raises(Unavailable):
        await opened(key())


async def test_what_is_no_arn_is_refused() -> None:
    with pytest.raises(DecryptionError, match="no ARN of a key"):
        await opened(key("arn:aws:s3:::bucket"))


async def test_this_machines_own_credentials_count_only_where_that_is_allowed(
    amazon: Amazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(DecryptionError, match="no AWS credentials"):
        await asyncio.to_thread(KeyRing(KeyMaterial()).open, key())
    await asyncio.to_thread(KeyRing(KeyMaterial(ambient=True)).open, key())
    assert amazon.decrypts[0][0] == "AKIAMACHINE"
