"""Deliveries whose keys a Vault keeps: opened by a ServiceAccount, and with patience for nobody.

What other services are shown of an account: ``tests/unit/keys/test_accounts.py``.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.sealed import sealed
from tests.unit.controllers.conftest import NAMESPACE, Stage, condition, config_map
from trueup.controllers.deliveries.controller import WORKERS
from trueup.objects import ObjectRef, yaml

CANARY = "canary-77ab-value"
DATA_KEY = bytes(range(32))
VAULTS = ObjectRef("", "ConfigMap", NAMESPACE, "vaults", "v1")
LOGIN = ObjectRef("", "Secret", "default", "login", "v1")
BY_ACCOUNT = {"provider": "sops", "serviceAccountName": "decrypter"}


class Vault:
    """Opens keys for the account ``flux-system:decrypter``, at once or never."""

    def __init__(self) -> None:
        self.url = ""
        self.silent = False
        self.claims: list[dict[str, Any]] = []
        self.asked = asyncio.Event()
        self._over = asyncio.Event()

    async def log_in(self, request: web.Request) -> web.Response:
        body = await request.json()
        payload = body["jwt"].split(".")[1]
        self.claims.append(json.loads(base64.urlsafe_b64decode(payload + "==")))
        self.asked.set()
        if self.silent:
            await self._over.wait()
        if self.claims[-1]["sub"] != "system:serviceaccount:flux-system:decrypter":
            return web.json_response({"errors": ["no such role"]}, status=400)
        return web.json_response({"auth": {"client_token": "s.lent"}})

    async def decrypt(self, request: web.Request) -> web.Response:
        opened = {"plaintext": base64.b64encode(DATA_KEY).decode()}
        return web.json_response({"data": opened})

    def close(self) -> None:
        self._over.set()

    def secret(self, **values: str) -> str:
        """A Secret that only this Vault opens."""
        plain = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": LOGIN.name, "namespace": LOGIN.namespace},
            "stringData": values,
        }
        found = sealed(plain, only=("stringData",), data_key=DATA_KEY)
        del found["sops"]["age"]
        found["sops"]["hc_vault"] = [
            {
                "vault_address": self.url,
                "engine_path": "transit",
                "key_name": "sops",
                "created_at": "2026-11-24T22:15:00Z",
                "enc": "vault:v1:abc",
            }
        ]
        return yaml.dump(found)

    @property
    def config(self) -> str:
        said = {"instances": [{"address": self.url, "loginPath": "auth/kubernetes/login"}]}
        metadata = {"name": VAULTS.name, "namespace": VAULTS.namespace}
        return yaml.dump(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": metadata,
                "data": {"config.yaml": yaml.dump(said)},
            }
        )


@pytest.fixture
async def vault() -> AsyncIterator[Vault]:
    vault = Vault()
    app = web.Application()
    app.router.add_post("/v1/auth/kubernetes/login", vault.log_in)
    app.router.add_post("/v1/transit/decrypt/sops", vault.decrypt)
    server = TestServer(app)
    await server.start_server()
    vault.url = str(server.make_url("")).rstrip("/")
    yield vault
    vault.close()
    await server.close()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage.at(tmp_path, vaults=VAULTS) as stage:
        yield stage


async def account(stage: Stage, name: str = "decrypter") -> None:
    await stage.apply(
        f"{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: {name}, namespace: {NAMESPACE}}}}}"
    )


async def test_an_account_opens_what_a_vault_keeps_the_key_of(stage: Stage, vault: Vault) -> None:
    stage.repo.commit({"app/login.yaml": vault.secret(password=CANARY)})
    await stage.source()
    await stage.apply(vault.config)
    await account(stage)
    await stage.delivery(decryption=BY_ACCOUNT)
    await stage.ready()
    found = await stage.get(LOGIN)
    assert found is not None
    assert base64.b64decode(found["data"]["password"]).decode() == CANARY
    assert vault.claims[0]["aud"] == [vault.url]


async def test_an_account_that_is_missing_is_told_and_its_coming_seen(
    stage: Stage, vault: Vault
) -> None:
    stage.repo.commit({"app/login.yaml": vault.secret(password=CANARY)})
    await stage.source()
    await stage.apply(vault.config)
    await stage.delivery(decryption=BY_ACCOUNT, retryInterval="1h")
    await stage.failing(text="ServiceAccount/flux-system/decrypter not found")
    await account(stage)
    await stage.ready()


async def test_a_vault_that_becomes_known_is_used_at_once(stage: Stage, vault: Vault) -> None:
    stage.repo.commit({"app/login.yaml": vault.secret(password=CANARY)})
    await stage.source()
    await account(stage)
    await stage.delivery(decryption=BY_ACCOUNT, retryInterval="1h")
    await stage.failing(text="no path to log in")
    assert vault.claims == []
    await stage.apply(vault.config)
    await stage.ready()


async def test_a_refused_login_is_told(stage: Stage, vault: Vault) -> None:
    stage.repo.commit({"app/login.yaml": vault.secret(password=CANARY)})
    await stage.source()
    await stage.apply(vault.config)
    await account(stage, "stranger")
    await stage.delivery(decryption={**BY_ACCOUNT, "serviceAccountName": "stranger"})
    failed = await stage.failing(text="cannot log in: 400: no such role")
    assert condition(failed, "Ready")["reason"] == "BuildFailed"


async def test_a_vault_that_takes_its_time_holds_no_worker(stage: Stage, vault: Vault) -> None:
    vault.silent = True
    renderings = stage.embedded.controllers.deliveries.renderings
    renderings.held_seconds = 0
    waiting = [f"waiting-{number}" for number in range(WORKERS)]
    files = {f"{name}/login.yaml": vault.secret(password=CANARY) for name in waiting}
    stage.repo.commit({**files, "app/a.yaml": config_map("a")})
    await stage.source()
    await stage.apply(vault.config)
    await account(stage)
    for name in waiting:
        await stage.delivery(name, decryption=BY_ACCOUNT)
    await vault.asked.wait()
    await stage.delivery()
    await stage.ready()
    vault.close()
    for name in waiting:
        await stage.ready(name)
