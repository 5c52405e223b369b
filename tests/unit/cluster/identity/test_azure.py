"""AKS: against an Entra ID and a resource manager on loopback."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from trueup.cluster.identity import Account, WorkloadIdentity
from trueup.cluster.identity.azure import Azure, Cloud
from trueup.errors import InputError, Unauthorized, Unavailable
from trueup.keys import Accounts, ActingAccount, KeyMaterial, azure
from trueup.objects import yaml
from trueup.render.sops import MasterKey
from trueup.testing.certificates import Authority

from .conftest import ISSUED, Home, Serve

TENANT, CLIENT = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
ANNOTATED = {
    "azure.workload.identity/tenant-id": TENANT,
    "azure.workload.identity/client-id": CLIENT,
}
GROUP = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/group"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/prod"
WANTED = WorkloadIdentity("azure", cluster=CLUSTER)
ADDRESSES = ("https://prod.hcp.example.com:443", "https://prod.privatelink.example.com:443")
AKS, MANAGER = "6dae42f8-4368-4678-94ff-3960e28e3630/.default", "https://management/.default"

AsAccount = Callable[[dict[str, str]], Account]


class Microsoft:
    """Entra ID, which gives a token for any scope, and a resource manager with one cluster."""

    def __init__(self, folder: Path, ca: str) -> None:
        self.authority = Authority(folder)
        self.asked: list[dict[str, str]] = []
        self.looked_up_with: list[str] = []
        self.has_entra = True
        self.refuses = False
        self.login = self.manager = ""
        self._ca = ca
        self._trusted = folder / "entra.pem"
        self._trusted.write_text(self.authority.certificate)

    @property
    def provider(self) -> Azure:
        options = {"connection_verify": str(self._trusted), "disable_instance_discovery": True}
        return Azure(Cloud(self.manager, "https://management"), options)

    async def discovery(self, request: web.Request) -> web.Response:
        base = f"{self.login}/{TENANT}"
        endpoints = {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
        }
        return web.json_response(endpoints)

    async def token(self, request: web.Request) -> web.Response:
        asked = {str(key): str(value) for key, value in (await request.post()).items()}
        self.asked.append(asked)
        if self.refuses:
            said = {"error": "invalid_client", "error_description": f"AADSTS700213: not {ISSUED}"}
            answer = web.json_response(said, status=401)
            answer.force_close()  # the library keeps a connection with a refusal open
            return answer
        token = f"for {asked['scope'].split()[0]}"
        return web.json_response(
            {"token_type": "Bearer", "expires_in": 3600, "access_token": token}
        )

    async def describe(self, request: web.Request) -> web.Response:
        self.looked_up_with.append(request.headers["Authorization"].removeprefix("Bearer "))
        profile = {"managed": True} if self.has_entra else None
        return web.json_response({"id": request.path, "properties": {"aadProfile": profile}})

    async def credentials(self, request: web.Request) -> web.Response:
        values = [base64.b64encode(self._kubeconfig(a).encode()).decode() for a in ADDRESSES]
        return web.json_response({"kubeconfigs": [{"name": "u", "value": v} for v in values]})

    def _kubeconfig(self, server: str) -> str:
        authority = base64.b64encode(self._ca.encode()).decode()
        cluster = {"server": server, "certificate-authority-data": authority}
        return yaml.dump(
            {
                "clusters": [{"name": "prod", "cluster": cluster}],
                "users": [{"name": "u", "user": {"exec": {"command": "kubelogin"}}}],
                "contexts": [{"name": "prod", "context": {"cluster": "prod", "user": "u"}}],
                "current-context": "prod",
            }
        )


@pytest.fixture
async def microsoft(
    serve: Serve, ca: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Microsoft:
    cloud = Microsoft(tmp_path, ca)
    login = {
        "GET /{tenant}/v2.0/.well-known/openid-configuration": cloud.discovery,
        "POST /{tenant}/oauth2/v2.0/token": cloud.token,
    }
    cloud.login = await serve(login, cloud.authority.server_context())
    cloud.manager = await serve(
        {
            f"GET {CLUSTER}": cloud.describe,
            f"POST {CLUSTER}/listClusterUserCredential": cloud.credentials,
        }
    )
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", cloud.login)
    return cloud


async def test_the_accounts_token_is_exchanged_for_one_of_aks(
    microsoft: Microsoft, account: AsAccount, home: Home
) -> None:
    access = await microsoft.provider.access(WANTED, account(ANNOTATED))
    asked = microsoft.asked[0]
    assert (asked["client_assertion"], asked["client_id"]) == (ISSUED, CLIENT)
    assert (access.token, home.audiences) == (f"for {AKS}", ["api://AzureADTokenExchange"])
    assert access.expires is not None


async def test_a_key_vault_is_asked_by_the_same_application(
    microsoft: Microsoft, account: AsAccount, home: Home
) -> None:
    asked: list[str] = []

    def post(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(headers["Authorization"])
        return {"value": "a2V5"}

    fields = {"vault_url": "https://shop.vault.azure.net", "name": "sops", "version": ""}
    acting = ActingAccount(account(ANNOTATED), Accounts(home))
    opener = azure.opener(KeyMaterial(account=acting), microsoft.provider.options, post)
    assert await asyncio.to_thread(opener, MasterKey("azure_kv", "c2Vh", fields)) == b"key"
    assert asked == ["Bearer for https://vault.azure.net/.default"]
    assert microsoft.asked[0]["client_assertion"] == ISSUED


async def test_the_cluster_is_looked_up_with_a_token_for_that(
    microsoft: Microsoft, account: AsAccount, ca: str
) -> None:
    access = await microsoft.provider.access(WANTED, account(ANNOTATED))
    assert (access.server, access.ca) == (ADDRESSES[0], ca.encode())
    assert microsoft.looked_up_with == [f"for {MANAGER}"]


async def test_of_several_addresses_the_named_one_is_meant(
    microsoft: Microsoft, account: AsAccount, ca: str
) -> None:
    wanted = WorkloadIdentity("azure", CLUSTER, address="PROD.privatelink.example.com")
    access = await microsoft.provider.access(wanted, account(ANNOTATED))
    assert (access.server, access.ca) == (ADDRESSES[1], ca.encode())


async def test_an_address_that_the_cluster_does_not_have_is_refused(
    microsoft: Microsoft, account: AsAccount
) -> None:
    wanted = WorkloadIdentity("azure", CLUSTER, address="https://evil.example.com")
    with pytest.raises(InputError, match=r"has no address .*, but https://prod\.hcp"):
        await microsoft.provider.access(wanted, account(ANNOTATED))


async def test_with_address_and_authority_nothing_is_looked_up(
    microsoft: Microsoft, account: AsAccount, ca: str
) -> None:
    wanted = WorkloadIdentity("azure", address="https://10.0.0.1", ca=ca)
    access = await microsoft.provider.access(wanted, account(ANNOTATED))
    assert (access.server, microsoft.looked_up_with) == ("https://10.0.0.1:443", [])


async def test_without_an_account_it_is_whoever_the_environment_says(
    microsoft: Microsoft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("own")
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "token"))
    access = await microsoft.provider.access(WANTED, None)
    assert (access.token, microsoft.asked[0]["client_assertion"]) == (f"for {AKS}", "own")


async def test_a_cluster_without_entra_id_is_refused(
    microsoft: Microsoft, account: AsAccount
) -> None:
    microsoft.has_entra = False
    with pytest.raises(Unauthorized, match="does not have Microsoft Entra ID enabled"):
        await microsoft.provider.access(WANTED, account(ANNOTATED))


async def test_what_azure_refuses_is_told_without_the_token(
    microsoft: Microsoft, account: AsAccount, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    microsoft.refuses = True
    with pytest.raises(Unauthorized, match="AADSTS700213") as raised:
        await microsoft.provider.access(WANTED, account(ANNOTATED))
    assert ISSUED not in f"{raised.value}{caplog.text}"


async def test_an_azure_that_does_not_answer_is_told(
    microsoft: Microsoft, account: AsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Azure(Cloud("http://127.0.0.1:1", "https://management"), microsoft.provider.options)
    with pytest.raises(Unavailable, match="no answer"):
        await nowhere.access(WANTED, account(ANNOTATED))


@pytest.mark.parametrize("key", ANNOTATED)
async def test_an_annotation_that_is_missing_is_named(account: AsAccount, key: str) -> None:
    annotations = {name: value for name, value in ANNOTATED.items() if name != key}
    with pytest.raises(InputError, match=key):
        await Azure().access(WANTED, account(annotations))


@pytest.mark.parametrize("cluster", ["", "prod", CLUSTER.replace("Service", "X"), f"{CLUSTER}/x"])
async def test_what_is_no_cluster_is_refused(account: AsAccount, cluster: str) -> None:
    with pytest.raises(InputError, match="is no resource ID of an AKS cluster"):
        await Azure().access(WorkloadIdentity("azure", cluster), account(ANNOTATED))
