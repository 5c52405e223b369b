"""AWS KMS, by botocore."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from trueup.cluster.identity import aws
from trueup.cluster.identity.access import said_of
from trueup.errors import DecryptionError, Unavailable
from trueup.keys.accounts import ActingAccount
from trueup.keys.material import AwsKeys, KeyMaterial
from trueup.keys.ring import Open
from trueup.render.sops import MasterKey

_ARN = re.compile(r"arn:aws[\w-]*:kms:([a-z0-9-]{1,100}):[0-9]{1,30}:(?:key|alias)/.{1,300}")
_ROLE = re.compile(r"arn:aws[\w-]*:iam::[0-9]{1,30}:role/.{1,200}")


def opener(material: KeyMaterial) -> Open:
    """The access key given counts, then the account, else whoever this machine is, if allowed."""

    def open_with_kms(key: MasterKey) -> bytes:
        arn, role = str(key.fields["arn"]), str(key.fields["role"])
        region = _region(arn)
        user = _User(region, _keys(material, region))
        try:
            kms = user.client("kms") if not role else user.assuming(_checked(role)).client("kms")
            answer = kms.decrypt(
                KeyId=arn,
                CiphertextBlob=_ciphertext(key.enc),
                EncryptionContext=key.fields["context"],
            )
        except (ClientError, BotoCoreError) as error:
            raise _refusal(error) from None
        return bytes(answer["Plaintext"])

    return open_with_kms


def _keys(material: KeyMaterial, region: str) -> Mapping[str, str | None]:
    """By the names that ``create_client`` takes; empty: whoever this machine is."""
    if material.aws is not None:
        return _named(material.aws)
    if material.account is not None:
        return _assumed(material.account, region)
    if not material.ambient:
        raise DecryptionError("there are no AWS credentials here")
    return {}


def _assumed(acting: ActingAccount, region: str) -> Mapping[str, str | None]:
    role, session = aws.role_of(acting.account), aws.session_name(acting.account, region)
    token = acting.token(aws.AUDIENCE)
    try:
        return {**aws.assumed(region, role, session, token)}
    except (ClientError, BotoCoreError) as error:
        raise _refusal(error, token) from None


class _User:
    def __init__(self, region: str, keys: Mapping[str, str | None]) -> None:
        self._session = botocore.session.Session()
        self._region = region
        self._keys = keys

    def client(self, service: str) -> Any:
        return self._session.create_client(service, self._region, config=aws.PATIENCE, **self._keys)

    def assuming(self, role: str) -> _User:
        answer = self.client("sts").assume_role(RoleArn=role, RoleSessionName="sops@trueup")
        found = answer["Credentials"]
        keys = AwsKeys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        return _User(self._region, _named(keys))


def _named(keys: AwsKeys) -> Mapping[str, str | None]:
    return {
        "aws_access_key_id": keys.access_key,
        "aws_secret_access_key": keys.secret,
        "aws_session_token": keys.session_token or None,
    }


def _region(arn: str) -> str:
    found = _ARN.fullmatch(arn)
    if found is None:
        raise DecryptionError(f"{arn!r} is no ARN of a key")
    return found[1]


def _checked(role: str) -> str:
    if not _ROLE.fullmatch(role):
        raise DecryptionError(f"{role!r} is no ARN of a role")
    return role


def _ciphertext(enc: str) -> bytes:
    try:
        return base64.b64decode(enc, validate=True)
    except binascii.Error:
        raise DecryptionError("its entry is not in base64") from None


def _refusal(error: ClientError | BotoCoreError, token: str = "") -> DecryptionError | Unavailable:
    """What AWS says, in its own words, but without ``token``."""
    said = said_of(error, token)
    if isinstance(error, NoCredentialsError):
        return DecryptionError("there are no AWS credentials here")
    if isinstance(error, BotoCoreError):
        return Unavailable(f"no answer of AWS: {said}")
    status = (error.response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0
    kind = Unavailable if status >= 500 or status == 429 else DecryptionError
    return kind(f"AWS refuses: {said}")
