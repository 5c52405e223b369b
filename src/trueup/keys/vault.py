"""HashiCorp Vault, or OpenBao: the transit engine decrypts."""

from __future__ import annotations

import base64
import binascii
import os
from urllib.parse import quote, urlsplit

from trueup.errors import DecryptionError
from trueup.keys.calls import Post, post
from trueup.keys.material import KeyMaterial
from trueup.keys.ring import Open
from trueup.render.sops import MasterKey


def opener(material: KeyMaterial, post: Post = post) -> Open:
    token = material.vault_token

    def open_with_vault(key: MasterKey) -> bytes:
        if not token:
            raise DecryptionError("there is no Vault token here")
        answer = post(_url(key), _headers(token), {"ciphertext": key.enc})
        try:
            return base64.b64decode(answer["data"]["plaintext"], validate=True)
        except (KeyError, TypeError, binascii.Error):
            raise DecryptionError("Vault's answer holds no key") from None

    return open_with_vault


def _url(key: MasterKey) -> str:
    address = str(key.fields["vault_address"])
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.username:
        raise DecryptionError(f"its address {address!r} is none of a server")
    engine, name = (str(key.fields[field]).strip("/") for field in ("engine_path", "key_name"))
    steps = [*engine.split("/"), "decrypt", name]
    if any(step in ("", ".", "..") for step in steps):
        raise DecryptionError("its path has an empty step, or one that leads elsewhere")
    return f"{address.rstrip('/')}/v1/{'/'.join(quote(step, safe='') for step in steps)}"


def _headers(token: str) -> dict[str, str]:
    namespace = os.environ.get("VAULT_NAMESPACE", "")
    headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
    return {**headers, "X-Vault-Namespace": namespace} if namespace else headers
