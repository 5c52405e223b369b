"""Azure Key Vault: which vault is asked what, with a token for whom."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from trueup.errors import DecryptionError
from trueup.keys import KeyMaterial, KeyRing
from trueup.keys.azure import open_with
from trueup.render.sops import MasterKey

DATA_KEY = bytes(range(32))


class Entra:
    """A credential that gives a token for any scope."""

    def get_token(self, scope: str) -> SimpleNamespace:
        return SimpleNamespace(token=f"for {scope}")


class Vault:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []

    def post(self, url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((url, headers["Authorization"], body))
        return {"kid": "k", "value": base64.urlsafe_b64encode(DATA_KEY).decode().rstrip("=")}


def key(vault_url: str = "https://shop.vault.azure.net", version: str = "v1") -> MasterKey:
    fields = {"vault_url": vault_url, "name": "sops", "version": version}
    return MasterKey("azure_kv", "c2VhbGVk", fields)


def test_the_vault_decrypts_with_the_version_of_the_key() -> None:
    vault = Vault()
    assert open_with(Entra(), key(), vault.post) == DATA_KEY
    url = "https://shop.vault.azure.net/keys/sops/v1/decrypt?api-version=7.4"
    body = {"alg": "RSA-OAEP-256", "value": "c2VhbGVk"}
    assert vault.asked == [(url, "Bearer for https://vault.azure.net/.default", body)]


def test_a_vault_of_another_cloud_gets_a_token_of_that_cloud() -> None:
    vault = Vault()
    open_with(Entra(), key("https://shop.vault.azure.cn/", ""), vault.post)
    url = "https://shop.vault.azure.cn/keys/sops/decrypt?api-version=7.4"
    assert vault.asked[0][:2] == (url, "Bearer for https://vault.azure.cn/.default")


@pytest.mark.parametrize("url", ["http://shop.vault.azure.net", "https://localhost", "shop"])
def test_an_address_that_is_no_vault_gets_no_token(url: str) -> None:
    vault = Vault()
    with pytest.raises(DecryptionError, match="none of a key vault"):
        open_with(Entra(), key(url), vault.post)
    assert vault.asked == []


def test_without_credentials_it_says_so() -> None:
    with pytest.raises(DecryptionError, match="no Azure credentials"):
        KeyRing(KeyMaterial()).open(key())


def test_credentials_without_a_client_are_refused() -> None:
    with pytest.raises(DecryptionError, match="name no clientId"):
        KeyRing(KeyMaterial(azure={"tenantId": "t"})).open(key())
