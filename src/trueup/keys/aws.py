"""AWS KMS, by botocore."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from trueup.errors import DecryptionError, Unavailable
from trueup.keys.material import AwsKeys, KeyMaterial
from trueup.keys.ring import Open
from trueup.render.sops import MasterKey

logging.getLogger("botocore").setLevel(
    logging.CRITICAL
)  # it logs what it sends; errors tell enough

_ARN = re.compile(r"arn:aws[\w-]*:kms:([a-z0-9-]{1,100}):[0-9]{1,30}:(?:key|alias)/.{1,300}")
_ROLE = re.compile(r"arn:aws[\w-]*:iam::[0-9]{1,30}:role/.{1,200}")
_PATIENCE = Config(connect_timeout=10, read_timeout=10, retries={"max_attempts": 1})


def opener(material: KeyMaterial) -> Open:
    """The access key given counts, else whoever this machine is where that is allowed."""

    def open_with_kms(key: MasterKey) -> bytes:
        if material.aws is None and not material.ambient:
            raise DecryptionError("there are no AWS credentials here")
        arn, role = str(key.fields["arn"]), str(key.fields["role"])
        region = _region(arn)
        try:
            user = _User(region, material.aws)
            kms = user.client("kms") if not role else user.assuming(_checked(role)).client("kms")
            answer = kms.decrypt(
                KeyId=arn,
                CiphertextBlob=_ciphertext(key.enc),
                EncryptionContext=key.fields["context"],
            )
        except ClientError as error:
            raise _refusal(error) from None
        except NoCredentialsError:
            raise DecryptionError("there are no AWS credentials here") from None
        except BotoCoreError as error:
            raise Unavailable(f"no answer of AWS: {error}"[:300]) from error
        return bytes(answer["Plaintext"])

    return open_with_kms


class _User:
    def __init__(self, region: str, keys: AwsKeys | None) -> None:
        self._session = botocore.session.Session()
        self._region = region
        self._keys = keys

    def client(self, service: str) -> Any:
        given = self._keys
        keys = {} if given is None else _named(given)
        return self._session.create_client(service, self._region, config=_PATIENCE, **keys)

    def assuming(self, role: str) -> _User:
        answer = self.client("sts").assume_role(RoleArn=role, RoleSessionName="sops@trueup")
        found = answer["Credentials"]
        keys = AwsKeys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        return _User(self._region, keys)


def _named(keys: AwsKeys) -> dict[str, str | None]:
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


def _refusal(error: ClientError) -> DecryptionError | Unavailable:
    status = (error.response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0
    kind = Unavailable if status >= 500 or status == 429 else DecryptionError
    return kind(f"AWS refuses: {error}"[:300])
