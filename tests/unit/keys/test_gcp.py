"""Google KMS: which key is asked to decrypt, by whom."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from trueup.errors import DecryptionError
from trueup.keys import KeyMaterial, KeyRing
from trueup.keys.gcp import open_with
from trueup.render.sops import MasterKey

DATA_KEY = bytes(range(32))
NAME = "projects/p/locations/global/keyRings/r/cryptoKeys/k"


def key(name: str = NAME) -> MasterKey:
    return MasterKey("gcp_kms", "c2VhbGVk", {"resource_id": name})


def test_the_key_decrypts_for_who_has_a_token() -> None:
    asked: list[tuple[str, str, Any]] = []

    def post(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        asked.append((url, headers["Authorization"], body))
        return {"plaintext": base64.b64encode(DATA_KEY).decode()}

    somebody = SimpleNamespace(valid=True, token="a-token")
    assert open_with(somebody, key(), post) == DATA_KEY
    url = f"https://cloudkms.googleapis.com/v1/{NAME}:decrypt"
    assert asked == [(url, "Bearer a-token", {"ciphertext": "c2VhbGVk"})]


@pytest.mark.parametrize("name", ["projects/p", f"{NAME}/../x", f"{NAME}?x"])
def test_what_is_no_name_of_a_key_is_refused(name: str) -> None:
    with pytest.raises(DecryptionError, match="no name of a key"):
        KeyRing(KeyMaterial()).open(key(name))


def test_without_credentials_it_says_so() -> None:
    with pytest.raises(DecryptionError, match="no Google credentials"):
        KeyRing(KeyMaterial()).open(key())


@pytest.mark.parametrize("kind", ["external_account", "impersonated_service_account", ""])
def test_credentials_that_lead_elsewhere_are_refused(kind: str) -> None:
    with pytest.raises(DecryptionError, match="leads elsewhere"):
        KeyRing(KeyMaterial(gcp={"type": kind})).open(key())


def test_a_broken_key_of_a_service_account_is_refused_without_showing_it() -> None:
    given = {"type": "service_account", "private_key": "SECRET", "client_email": "a@b"}
    with pytest.raises(DecryptionError, match="cannot be used") as caught:
        KeyRing(KeyMaterial(gcp=given)).open(key())
    assert "SECRET" not in str(caught.value)
