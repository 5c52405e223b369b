"""Deliveries to a cluster that is entered with a ServiceAccount's token, and no stored credential.

The cluster is the one that Trueup runs on, by its address: as a stranger, with that account's rights.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.controllers.conftest import (
    KUSTOMIZATION,
    NAMESPACE,
    Stage,
    condition,
    config_map,
    config_map_ref,
    ref_of,
)
from trueup.controllers.clock import Clock
from trueup.controlplane.auth.credentials import credentials
from trueup.controlplane.auth.tokens import ISSUER
from trueup.dialects.flux.tenancy import OPEN, Tenancy
from trueup.objects import GroupVersionKind, yaml

IDENTITY = {"configMapRef": {"name": "identity"}}
SERVICE_ACCOUNT = GroupVersionKind("", "v1", "ServiceAccount")
TOKEN = f"POST /api/v1/namespaces/{NAMESPACE}/serviceaccounts/deployer/token"
A_JSON_WEB_TOKEN = "eyJ"


class MovedClock(Clock):
    """The time, and what a test adds to it."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@dataclass
class Abroad:
    """A Stage whose API server listens, with accounts that go there."""

    stage: Stage
    clock: MovedClock
    data: dict[str, str]

    async def identity(self, **data: str | None) -> None:
        """A ConfigMap that says how to get there; ``data`` says otherwise, None takes a key away."""
        said = {key: value for key, value in {**self.data, **data}.items() if value is not None}
        await self.stage.apply(config_map("identity", NAMESPACE, **said))

    async def account(self, name: str, *verbs: str) -> None:
        """A ServiceAccount that may do ``verbs`` with ConfigMaps everywhere."""
        await self.stage.apply(ACCOUNT.format(name=name, namespace=NAMESPACE))
        if verbs:
            await self.stage.apply(RIGHTS.format(name=name, namespace=NAMESPACE, verbs=[*verbs]))


ALL = ("get", "list", "watch", "create", "patch", "delete")
ACCOUNT = (
    "{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: {name}, namespace: {namespace}}}}}"
)
RIGHTS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: {name}}}
rules: [{{apiGroups: [''], resources: [configmaps], verbs: {verbs}}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: {name}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {name}}}
subjects: [{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}]
"""


async def abroad_at(folder: Path, stage: Stage, clock: MovedClock) -> Abroad:
    address = await stage.embedded.plane.serve()
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    data = {
        "provider": "generic",
        "address": address,
        "ca.crt": credentials(folder / "data").ca.read_text(),
        "audiences": ISSUER,
        "serviceAccountName": "deployer",
    }
    return Abroad(stage, clock, data)


@pytest.fixture
async def abroad(tmp_path: Path) -> AsyncIterator[Abroad]:
    clock = MovedClock()
    async with Stage.at(tmp_path, OPEN, clock) as stage:
        yield await abroad_at(tmp_path, stage, clock)


@pytest.fixture
async def live(abroad: Abroad) -> Abroad:
    """With a delivery that is live."""
    await abroad.account("deployer", *ALL)
    await abroad.identity()
    await abroad.stage.delivery(kubeConfig=IDENTITY)
    await abroad.stage.ready()
    return abroad


async def test_what_the_account_may_do_is_done(live: Abroad) -> None:
    assert await live.stage.get(config_map_ref("a")) is not None


async def test_what_the_account_may_not_do_is_refused_in_its_name(abroad: Abroad) -> None:
    await abroad.account("deployer", "get", "list", "watch")
    await abroad.identity()
    await abroad.stage.delivery(kubeConfig=IDENTITY)
    await abroad.stage.failing(text=f'"system:serviceaccount:{NAMESPACE}:deployer" cannot patch')
    assert await abroad.stage.get(config_map_ref("a")) is None


async def test_drift_there_is_seen_and_undone(live: Abroad) -> None:
    await live.stage.patch(config_map_ref("a"), {"data": {"key": "2"}})
    await live.stage.until(config_map_ref("a"), lambda obj: obj["data"] == {"key": "1"})


async def test_deleting_the_delivery_deletes_there(live: Abroad) -> None:
    await live.stage.person.delete(ref_of(KUSTOMIZATION, "app"))
    await live.stage.gone(ref_of(KUSTOMIZATION, "app"))
    assert await live.stage.get(config_map_ref("a")) is None


async def test_without_its_account_a_deleted_delivery_leaves_its_objects(live: Abroad) -> None:
    await live.stage.person.delete(ref_of(SERVICE_ACCOUNT, "deployer"))
    await live.stage.failing(text="ServiceAccount/flux-system/deployer not found")
    await live.stage.person.delete(ref_of(KUSTOMIZATION, "app"))
    await live.stage.gone(ref_of(KUSTOMIZATION, "app"))
    assert await live.stage.get(config_map_ref("a")) is not None


# The token


async def test_a_look_asks_for_no_token_while_there_is_a_good_one(live: Abroad) -> None:
    calls = live.stage.count_calls()
    live.clock.ahead = timedelta(minutes=40)
    await live.stage.look_again()
    assert calls[TOKEN] == 0


async def test_the_token_is_renewed_before_it_expires(live: Abroad) -> None:
    calls = live.stage.count_calls()
    live.clock.ahead = timedelta(minutes=50)
    await live.stage.look_again()
    await live.stage.look_again()
    assert calls[TOKEN] == 1


async def test_deliveries_of_one_identity_share_a_token(live: Abroad) -> None:
    calls = live.stage.count_calls()
    await live.stage.commit({"other/b.yaml": config_map("b")})
    await live.stage.delivery("other", kubeConfig=IDENTITY)
    await live.stage.ready("other")
    assert calls[TOKEN] == 0


async def test_it_is_for_the_cluster_unless_audiences_are_named(live: Abroad) -> None:
    """This API server wants its own name in it, so that it refuses such a token."""
    await live.identity(audiences=None)
    await live.stage.failing(text="Unauthorized")


async def test_no_token_is_shown_or_logged(
    abroad: Abroad, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await abroad.account("deployer", "get", "list", "watch")
    await abroad.identity()
    await abroad.stage.delivery(kubeConfig=IDENTITY)
    await abroad.stage.failing(text="cannot patch")
    await abroad.identity(audiences=None)
    await abroad.stage.failing(text="Unauthorized")
    told = yaml.dump({"items": await abroad.stage.everything_told()})
    assert A_JSON_WEB_TOKEN not in told + caplog.text


# What the ConfigMap says


async def test_a_changed_config_map_is_followed_at_once(abroad: Abroad) -> None:
    await abroad.account("deployer", *ALL)
    await abroad.account("nobody")
    await abroad.identity(serviceAccountName="nobody")
    await abroad.stage.delivery(kubeConfig=IDENTITY, retryInterval="1h")
    await abroad.stage.failing(text=":nobody")
    await abroad.identity()
    await abroad.stage.ready()


async def test_an_account_that_comes_later_is_taken_up_at_once(abroad: Abroad) -> None:
    await abroad.identity()
    await abroad.stage.delivery(kubeConfig=IDENTITY, retryInterval="1h")
    await abroad.stage.failing(text="ServiceAccount/flux-system/deployer not found; create it")
    await abroad.account("deployer", *ALL)
    await abroad.stage.ready()


async def test_a_config_map_that_is_missing_is_named(abroad: Abroad) -> None:
    await abroad.stage.delivery(kubeConfig=IDENTITY)
    await abroad.stage.failing(text="ConfigMap/flux-system/identity not found; create it")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"provider": None}, "its provider '' is none; choose one of aws, azure, gcp, generic"),
        ({"provider": "acme"}, "its provider 'acme' is none"),
        ({"address": None}, "has no address"),
        ({"address": "http://127.0.0.1"}, "its address 'http://127.0.0.1' is no https address"),
        ({"ca.crt": "hello"}, "its ca.crt holds no certificate"),
        ({"ca.crt": None}, "its certificate is not trusted"),
        ({"serviceAccountName": "../x"}, "its serviceAccountName '../x' is no name"),
        ({"serviceAccountName": None}, "Trueup itself is no ServiceAccount here"),
    ],
    ids=lambda value: " ".join(f"{k}={v}" for k, v in value.items()) if type(value) is dict else "",
)
async def test_what_is_wrong_in_it_is_told(
    abroad: Abroad, data: dict[str, str | None], complaint: str
) -> None:
    await abroad.account("deployer", *ALL)
    await abroad.identity(**data)
    await abroad.stage.delivery(kubeConfig=IDENTITY)
    await abroad.stage.failing(text=complaint)


# Tenants


@pytest.mark.parametrize(
    ("tenancy", "account"),
    [
        (Tenancy(default_service_account="tenant"), "tenant"),
        (Tenancy(default_kubeconfig_service_account="traveller"), "traveller"),
        (Tenancy(True, "tenant", "traveller"), "traveller"),
    ],
    ids=["the account for all", "the account for clusters", "both"],
)
async def test_kept_apart_nobody_goes_elsewhere_as_trueup(
    tmp_path: Path, tenancy: Tenancy, account: str
) -> None:
    clock = MovedClock()
    async with Stage.at(tmp_path, tenancy, clock) as stage:
        abroad = await abroad_at(tmp_path, stage, clock)
        await abroad.account("tenant")
        await abroad.account("traveller")
        await abroad.identity(serviceAccountName=None, audiences="other")
        calls = stage.count_calls()
        await stage.delivery(kubeConfig=IDENTITY)
        await stage.failing(text="Unauthorized")  # the API server is not meant by the token
        asked = {call.split("/")[6] for call in calls if call.endswith("/token")}
        assert asked == {account}


async def test_kept_apart_nobody_is_sent_a_token_that_opens_this_cluster(tmp_path: Path) -> None:
    clock = MovedClock()
    async with Stage.at(tmp_path, Tenancy(default_service_account="tenant"), clock) as stage:
        abroad = await abroad_at(tmp_path, stage, clock)
        await abroad.account("deployer", *ALL)
        await abroad.identity()
        await stage.delivery(kubeConfig=IDENTITY)
        await stage.failing(text=f"its audiences have {ISSUER}, which opens this cluster itself")


# Clouds


async def test_without_the_library_of_its_cloud_a_delivery_stalls_and_names_the_extra(
    abroad: Abroad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "trueup.cluster.identity.aws", raising=False)
    monkeypatch.setitem(sys.modules, "botocore", None)
    await abroad.identity(provider="aws", serviceAccountName=None)
    await abroad.stage.delivery(kubeConfig=IDENTITY)
    told = await abroad.stage.failing(
        text="its provider aws needs botocore, which is not installed"
    )
    assert "install trueup[aws]" in condition(told, "Stalled")["message"]


async def test_what_its_cloud_says_is_told(abroad: Abroad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    cluster = "arn:aws:eks:eu-central-1:123456789012:cluster/prod"
    await abroad.account("deployer")
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/deployer"}
    account = ref_of(SERVICE_ACCOUNT, "deployer")
    await abroad.stage.patch(account, {"metadata": {"annotations": role}})
    await abroad.identity(provider="aws", cluster=cluster)
    await abroad.stage.delivery(kubeConfig=IDENTITY)
    await abroad.stage.failing(text=f"ConfigMap/flux-system/identity: no way to {cluster}")
