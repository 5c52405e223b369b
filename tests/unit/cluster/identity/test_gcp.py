"""GKE: against Google's token service, impersonation, metadata and container APIs on loopback."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from trueup.cluster.identity import Account, WorkloadIdentity
from trueup.cluster.identity.gcp import Gcp
from trueup.errors import InputError, Unauthorized, Unavailable

from .conftest import ISSUED, Home, Serve

FEDERATION = "projects/1/locations/global/workloadIdentityPools/pool/providers/home"
EMAIL = "deployer@project.iam.gserviceaccount.com"
FEDERATED = {"gcp.auth.fluxcd.io/workload-identity-provider": FEDERATION}
IMPERSONATING = {**FEDERATED, "iam.gke.io/gcp-service-account": EMAIL}
CLUSTER = "projects/project/locations/europe-west3/clusters/prod"
WANTED = WorkloadIdentity("gcp", cluster=CLUSTER)
METADATA = {
    "project/project-id": "project",
    "instance/attributes/cluster-location": "europe-west3",
    "instance/attributes/cluster-name": "home",
}

AsAccount = Callable[[dict[str, str]], Account]


class Google:
    """Exchanges a token, lends one of a service account for it, and describes the cluster."""

    def __init__(self, ca: str) -> None:
        self.asked: list[dict[str, str]] = []
        self.described_to: list[str] = []
        self.refusal = 0
        self.url = ""
        self._ca = base64.b64encode(ca.encode()).decode()

    @property
    def provider(self) -> Gcp:
        return Gcp(self.url, self.url, self.url)

    def credentials(self, token: Path) -> dict[str, Any]:
        """What GOOGLE_APPLICATION_CREDENTIALS names outside of Google's own machines."""
        return {
            "type": "external_account",
            "audience": f"//iam.googleapis.com/{FEDERATION}",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{self.url}/v1/token",
            "credential_source": {"file": str(token)},
        }

    async def token(self, request: web.Request) -> web.Response:
        self.asked.append({str(key): str(value) for key, value in (await request.post()).items()})
        if self.refusal:
            said = {"error": "invalid_grant", "error_description": f"Not you {ISSUED}"}
            return web.json_response(said, status=self.refusal)
        return web.json_response(
            {
                "access_token": "federated",
                "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "token_type": "Bearer",
                "expires_in": 3600,
            }
        )

    async def impersonate(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer federated"
        name = request.match_info["name"]
        token = {"accessToken": f"as {name}", "expireTime": "2999-01-01T00:00:00Z"}
        return web.json_response(token)

    async def describe(self, request: web.Request) -> web.Response:
        self.described_to.append(request.headers["Authorization"].removeprefix("Bearer "))
        if request.match_info["name"] != "prod":
            said = {"error": {"code": 404, "message": "Not found: clusters/other."}}
            return web.json_response(said, status=404)
        authority = {"clusterCaCertificate": self._ca}
        return web.json_response({"endpoint": "34.1.2.3", "masterAuth": authority})

    async def metadata(self, request: web.Request) -> web.Response:
        assert request.headers["Metadata-Flavor"] == "Google"
        return web.Response(text=METADATA[request.match_info["path"]])


@pytest.fixture
async def google(serve: Serve, ca: str, monkeypatch: pytest.MonkeyPatch) -> Google:
    cloud = Google(ca)
    accounts = "/v1/projects/-/serviceAccounts/{name}:generateAccessToken"
    cloud.url = await serve(
        {
            "POST /v1/token": cloud.token,
            f"POST {accounts}": cloud.impersonate,
            "GET /v1/projects/{project}/locations/{location}/clusters/{name}": cloud.describe,
            "GET /computeMetadata/v1/{path:.*}": cloud.metadata,
        }
    )
    monkeypatch.setenv("GCE_METADATA_HOST", urlsplit(cloud.url).netloc)
    return cloud


async def test_the_accounts_token_is_exchanged_at_its_provider(
    google: Google, account: AsAccount, home: Home
) -> None:
    access = await google.provider.access(WANTED, account(FEDERATED))
    [asked] = google.asked
    assert (asked["subject_token"], asked["audience"]) == (
        ISSUED,
        f"//iam.googleapis.com/{FEDERATION}",
    )
    assert (access.token, home.audiences) == ("federated", [f"//iam.googleapis.com/{FEDERATION}"])


async def test_the_annotated_service_account_is_impersonated(
    google: Google, account: AsAccount
) -> None:
    access = await google.provider.access(WANTED, account(IMPERSONATING))
    assert access.token == f"as {EMAIL}"
    assert access.expires is not None
    assert access.expires.year == 2999


async def test_on_gke_the_cluster_itself_is_the_provider(
    google: Google, account: AsAccount, home: Home
) -> None:
    await google.provider.access(WANTED, account({}))
    [asked] = google.asked
    cluster = "projects/project/locations/europe-west3/clusters/home"
    assert asked["audience"] == (
        f"identitynamespace:project.svc.id.goog:https://container.googleapis.com/v1/{cluster}"
    )
    assert home.audiences == ["project.svc.id.goog"]


async def test_the_cluster_is_looked_up_with_that_token(
    google: Google, account: AsAccount, ca: str
) -> None:
    access = await google.provider.access(WANTED, account(FEDERATED))
    assert (access.server, access.ca) == ("https://34.1.2.3:443", ca.encode())
    assert google.described_to == ["federated"]


async def test_with_address_and_authority_nothing_is_looked_up(
    google: Google, account: AsAccount, ca: str
) -> None:
    wanted = WorkloadIdentity("gcp", address="https://10.0.0.1", ca=ca)
    access = await google.provider.access(wanted, account(FEDERATED))
    assert (access.server, google.described_to) == ("https://10.0.0.1:443", [])


async def test_without_an_account_it_is_whoever_the_environment_says(
    google: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("own")
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps(google.credentials(tmp_path / "token")))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    access = await google.provider.access(WANTED, None)
    assert (access.token, google.asked[0]["subject_token"]) == ("federated", "own")


@pytest.mark.parametrize("status", [400, 503])
async def test_what_google_refuses_is_told_without_the_token(
    google: Google,
    account: AsAccount,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    caplog.set_level(logging.DEBUG)
    google.refusal = status
    with pytest.raises(Unauthorized, match="Not you") as raised:
        await google.provider.access(WANTED, account(FEDERATED))
    assert ISSUED not in f"{raised.value}{caplog.text}"


async def test_a_cluster_that_is_not_there_is_told_in_googles_words(
    google: Google, account: AsAccount
) -> None:
    wanted = WorkloadIdentity("gcp", CLUSTER.replace("prod", "other"))
    with pytest.raises(Unauthorized, match="404: Not found: clusters/other"):
        await google.provider.access(wanted, account(FEDERATED))


async def test_a_google_that_does_not_answer_is_told(account: AsAccount) -> None:
    nowhere = Gcp(*["http://127.0.0.1:1"] * 3)
    with pytest.raises(Unavailable, match="no token of Google"):
        await nowhere.access(WANTED, account(FEDERATED))


@pytest.mark.parametrize("key", IMPERSONATING)
async def test_an_annotation_of_another_form_is_refused(account: AsAccount, key: str) -> None:
    with pytest.raises(InputError, match="does not match"):
        await Gcp().access(WANTED, account({**FEDERATED, key: "../x"}))


@pytest.mark.parametrize("cluster", ["", "prod", f"/{CLUSTER}", f"{CLUSTER}/x"])
async def test_what_is_no_cluster_is_refused(account: AsAccount, cluster: str) -> None:
    with pytest.raises(InputError, match="is no name of a GKE cluster"):
        await Gcp().access(WorkloadIdentity("gcp", cluster), account(FEDERATED))
