"""Google Cloud KMS: a token of google-auth, and one REST call."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from typing import Any, Final

from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from trueup.cluster.identity.access import said_of
from trueup.cluster.identity.gcp import Gcp, own_credentials, pool_of, refresh
from trueup.errors import DecryptionError, Unavailable
from trueup.keys.accounts import ActingAccount
from trueup.keys.calls import Post, post
from trueup.keys.material import KeyMaterial
from trueup.keys.ring import Open
from trueup.render.sops import MasterKey

_KEY = re.compile(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+")
_SCOPES: Final = (
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/cloudkms",
)
_SERVICE: Final = "https://cloudkms.googleapis.com/v1"


_GOOGLE: Final = Gcp()


def opener(material: KeyMaterial, google: Gcp = _GOOGLE, post: Post = post) -> Open:
    held: list[Any] = []

    def open_with_kms(key: MasterKey) -> bytes:
        _name(key)
        if not held:
            held.append(_credentials(material, google))
        return open_with(held[0], key, post)

    return open_with_kms


def open_with(credentials: Any, key: MasterKey, post: Post = post) -> bytes:
    """What ``key`` encrypts, for whoever ``credentials`` of google-auth are."""
    url = f"{_SERVICE}/{_name(key)}:decrypt"
    headers = {"Authorization": f"Bearer {_token(credentials)}"}
    answer = post(url, headers, {"ciphertext": key.enc})
    try:
        return base64.b64decode(answer["plaintext"], validate=True)
    except (KeyError, TypeError, binascii.Error):
        raise DecryptionError("the answer of Google holds no key") from None


def _name(key: MasterKey) -> str:
    name = str(key.fields["resource_id"])
    if not _KEY.fullmatch(name) or re.search(r"\.\.|[?#%]", name):
        raise DecryptionError(f"{name!r} is no name of a key")
    return name


def _credentials(material: KeyMaterial, google: Gcp) -> Any:
    """The credentials given count, then the account, else whoever this machine is, if allowed."""
    given = material.gcp
    if given is None and material.account is not None:
        return _exchanging(material.account, google)
    if given is None:
        if not material.ambient:
            raise DecryptionError("there are no Google credentials here")
        try:
            return own_credentials(_SCOPES)
        except GoogleAuthError as error:
            raise DecryptionError(f"no credentials of Google: {error}"[:300]) from None
    try:
        return _made(given)
    except (ValueError, GoogleAuthError) as error:
        said = type(error).__name__
        raise DecryptionError(f"the Google credentials cannot be used ({said})") from None


def _exchanging(acting: ActingAccount, google: Gcp) -> Any:
    pool = asyncio.run(pool_of(acting.account))
    token = acting.token(pool.audience)
    return google.exchanging(acting.account, pool, token, _SCOPES)


def _made(given: Any) -> Any:
    """Only credentials that are whole in themselves: others name files and programs to run."""
    match given.get("type"):
        case "service_account":
            account = service_account.Credentials
            return account.from_service_account_info(dict(given), scopes=_SCOPES)  # type: ignore[no-untyped-call]
        case "authorized_user":
            user = user_credentials.Credentials
            return user.from_authorized_user_info(dict(given), scopes=_SCOPES)  # type: ignore[no-untyped-call]
    raise DecryptionError(
        "the Google credentials are of a type that leads elsewhere",
        next_step="give the key of a service account",
    )


def _token(credentials: Any) -> str:
    try:
        if not credentials.valid:
            refresh(credentials)
    except TransportError as error:
        raise Unavailable(f"no token of Google: {said_of(error)}") from error
    except GoogleAuthError as error:
        raise DecryptionError(f"no token of Google: {said_of(error)}") from None
    return str(credentials.token)
