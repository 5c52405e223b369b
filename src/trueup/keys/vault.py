"""HashiCorp Vault, or OpenBao: the transit engine decrypts, for a token or for an account."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

from trueup.errors import DecryptionError, TrueupError
from trueup.keys.accounts import ActingAccount
from trueup.keys.calls import Post, post
from trueup.keys.material import KeyMaterial
from trueup.keys.ring import Open
from trueup.render.sops import MasterKey


def opener(material: KeyMaterial, post: Post = post) -> Open:
    token_for = _tokens(material, post)

    def open_with_vault(key: MasterKey) -> bytes:
        address = str(key.fields["vault_address"])
        url = _url(
            address, (str(key.fields["engine_path"]), "decrypt", str(key.fields["key_name"]))
        )
        answer = post(url, _headers(token_for(address)), {"ciphertext": key.enc})
        try:
            return base64.b64decode(answer["data"]["plaintext"], validate=True)
        except (KeyError, TypeError, binascii.Error):
            raise DecryptionError("Vault's answer holds no key") from None

    return open_with_vault


def _tokens(material: KeyMaterial, post: Post) -> Callable[[str], str]:
    """By address: the token that was given, or that of an account, which logs in once."""
    held: dict[str, str] = {}

    def token_for(address: str) -> str:
        if material.vault_token:
            return material.vault_token
        if address not in held:
            held[address] = _log_in(address, material, post)
        return held[address]

    return token_for


def _log_in(address: str, material: KeyMaterial, post: Post) -> str:
    """Only where the operator says: whoever has the token of an account can act as it."""
    if material.account is None and material.own_account is None:
        raise DecryptionError("there is no Vault token here")
    path = material.vault_logins.get(address)
    if not path:
        raise DecryptionError(
            f"there is no Vault token here, and no path to log in at {address}",
            next_step="add it to the ConfigMap of --sops-vault-configmap, or give a token",
        )
    acting = material.account or _own(material)
    ref, token = acting.account.ref, acting.token(address)
    body = {"role": f"{ref.namespace}_{ref.name}", "jwt": token}
    try:
        return _client_token(post(_url(address, (path,)), _headers(""), body))
    except TrueupError as error:
        error.cause = f"{ref} cannot log in: {error.cause.replace(token, '***')}"
        raise


def _own(material: KeyMaterial) -> ActingAccount:
    assert material.own_account is not None
    return material.own_account()


def _client_token(answer: Mapping[str, object]) -> str:
    found = answer.get("auth")
    token = found.get("client_token") if isinstance(found, dict) else None
    if not isinstance(token, str) or not token:
        raise DecryptionError("Vault's answer to the login holds no token")
    return token


def _url(address: str, path: tuple[str, ...]) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.username:
        raise DecryptionError(f"its address {address!r} is none of a server")
    steps = [step for part in path for step in part.strip("/").split("/")]
    if any(step in ("", ".", "..") for step in steps):
        raise DecryptionError("its path has an empty step, or one that leads elsewhere")
    return f"{address.rstrip('/')}/v1/{'/'.join(quote(step, safe='') for step in steps)}"


def _headers(token: str) -> dict[str, str]:
    found = {"X-Vault-Request": "true"}
    if token:
        found["X-Vault-Token"] = token
    if namespace := os.environ.get("VAULT_NAMESPACE", ""):
        found["X-Vault-Namespace"] = namespace
    return found
