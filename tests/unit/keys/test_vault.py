"""Vault: what is asked of its transit engine, and what comes of its answers."""

from __future__ import annotations

import asyncio
import base64
import itertools
from typing import Any

import pytest
from aiohttp import web

from trueup.errors import DecryptionError, TrueupError, Unavailable
from trueup.keys import KeyMaterial, KeyRing
from trueup.render.sops import MasterKey

from .conftest import Serve

DATA_KEY = bytes(range(32))


class Transit:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []

    async def decrypt(self, request: web.Request) -> web.Response:
        token = request.headers.get("X-Vault-Token", "")
        self.asked.append((request.path, token, await request.json()))
        if token != "s.right":
            return web.json_response({"errors": ["permission denied"]}, status=403)
        if request.match_info["key"] == "sealed":
            return web.json_response({"errors": ["Vault is sealed"]}, status=503)
        return web.json_response({"data": {"plaintext": base64.b64encode(DATA_KEY).decode()}})


def key_at(url: str, name: str = "sops", engine: str = "team/transit") -> MasterKey:
    fields = {"vault_address": url, "engine_path": engine, "key_name": name}
    return MasterKey("hc_vault", "vault:v1:abc", fields)


@pytest.fixture
def transit() -> Transit:
    return Transit()


@pytest.fixture
async def url(serve: Serve, transit: Transit) -> str:
    return await serve({"POST /v1/team/transit/decrypt/{key}": transit.decrypt})


async def opened(key: MasterKey, token: str = "s.right") -> bytes | TrueupError:
    ring = KeyRing(KeyMaterial(vault_token=token))
    try:
        return await asyncio.to_thread(ring.open, key)
    except TrueupError as error:
        return error


async def test_the_engine_is_asked_with_the_token(url: str, transit: Transit) -> None:
    assert await opened(key_at(url)) == DATA_KEY
    path = "/v1/team/transit/decrypt/sops"
    assert transit.asked == [(path, "s.right", {"ciphertext": "vault:v1:abc"})]


async def test_a_refusal_is_told_without_the_token(url: str) -> None:
    error = await opened(key_at(url), "s.wrong")
    assert isinstance(error, DecryptionError)
    assert (str(error).endswith("403: permission denied"), "s.wrong" in str(error)) == (True, False)


async def test_a_sealed_vault_may_answer_later(url: str) -> None:
    assert isinstance(await opened(key_at(url, "sealed")), Unavailable)


async def test_each_key_is_asked_for_once_also_if_that_fails(url: str, transit: Transit) -> None:
    ring = KeyRing(KeyMaterial(vault_token="s.wrong"))
    for _ in range(2):
        with pytest.raises(DecryptionError):
            await asyncio.to_thread(ring.open, key_at(url))
    assert len(transit.asked) == 1


async def test_slow_services_have_a_time_for_all_of_them_together(
    url: str, transit: Transit
) -> None:
    seconds = itertools.count(step=20)
    ring = KeyRing(KeyMaterial(vault_token="s.right"), lambda: float(next(seconds)))
    for name in ("one", "two"):
        await asyncio.to_thread(ring.open, key_at(url, name))
    with pytest.raises(Unavailable, match="more than 30 s already"):
        await asyncio.to_thread(ring.open, key_at(url, "three"))
    assert len(transit.asked) == 2


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("file:///etc/passwd", "sops"),
        ("http://user@host", "sops"),
        ("http://host", ".."),
        ("http://host", ""),
    ],
)
async def test_an_address_that_leads_elsewhere_is_refused(address: str, name: str) -> None:
    assert isinstance(await opened(key_at(address, name)), DecryptionError)


async def test_without_a_token_nobody_is_asked(url: str, transit: Transit) -> None:
    assert isinstance(await opened(key_at(url), ""), DecryptionError)
    assert transit.asked == []
