"""Webhooks of the embedded control plane, where it differs from a cluster or goes on without one.

What it has in common with Kubernetes is in ``tests/contract/test_admission.py``.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest_asyncio

from tests.contract.conftest import ADMIN
from tests.contract.hooks import GROUP, ON_CONFIG_MAPS, Hooks, hook_server
from tests.contract.server import Api
from tests.contract.test_clauses import run
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport

CONFIG_MAPS = "/api/v1/namespaces/{ns}/configmaps"
MADE = {"metadata": {"name": "a"}}


@pytest_asyncio.fixture
async def hooks(tmp_path: Path) -> AsyncIterator[Hooks]:
    async with hook_server(tmp_path) as running:
        yield running


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Api]:
    plane = ControlPlane(folder)
    await plane.start()
    yield Api(InProcessTransport(plane, ADMIN), "default", 0)
    await plane.stop()


async def configure(api: Api, hooks: Hooks, **more: Any) -> None:
    hook = {
        "name": "a.trueup.dev",
        "clientConfig": {"url": f"{hooks.url}/hook", "caBundle": hooks.authority},
        "rules": [ON_CONFIG_MAPS],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        **more,
    }
    configuration = {"metadata": {"name": "c"}, "webhooks": [hook]}
    reply = await api.send("POST", f"{GROUP}/validatingwebhookconfigurations", configuration)
    assert reply.code == 201, reply.body


async def test_a_webhook_is_in_force_at_once(tmp_path: Path, hooks: Hooks) -> None:
    hooks.answers["hook"] = {"response": {"allowed": False}}
    async with started(tmp_path / "data") as api:
        await configure(api, hooks)
        assert (await api.send("POST", CONFIG_MAPS, MADE)).code == 400


async def test_a_webhook_is_in_force_after_a_restart(tmp_path: Path, hooks: Hooks) -> None:
    hooks.answers["hook"] = {"response": {"allowed": False}}
    async with started(tmp_path / "data") as api:
        await configure(api, hooks)
    async with started(tmp_path / "data") as api:
        assert (await api.send("POST", CONFIG_MAPS, MADE)).code == 400


async def test_a_webhook_that_is_down_keeps_nothing_from_starting(
    tmp_path: Path, hooks: Hooks
) -> None:
    on_everything = {**ON_CONFIG_MAPS, "apiGroups": ["*"], "resources": ["*"]}
    down = {"url": "https://127.0.0.1:1/"}
    async with started(tmp_path / "data") as api:
        await configure(api, hooks, rules=[on_everything], clientConfig=down)
    async with started(tmp_path / "data") as api:
        removed = await api.send("DELETE", f"{GROUP}/validatingwebhookconfigurations/c")
        assert removed.code == 200
        assert (await api.send("POST", CONFIG_MAPS, MADE)).code == 201


async def test_a_service_without_selector_is_found_by_its_endpoints(
    tmp_path: Path, hooks: Hooks
) -> None:
    port = int(hooks.url.rpartition(":")[2])
    service = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 443, "name": "https"}]}}
    slice_ = {
        "metadata": {"name": "s-1", "labels": {"kubernetes.io/service-name": "s"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["127.0.0.1"]}],
        "ports": [{"name": "https", "port": port}],
    }
    client = {"service": {"name": "s", "namespace": "default", "path": "/hook"}}
    async with started(tmp_path / "data") as api:
        await api.send("POST", "/api/v1/namespaces/{ns}/services", service)
        slices = "/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices"
        assert (await api.send("POST", slices, slice_)).code == 201
        await configure(api, hooks, clientConfig={**client, "caBundle": hooks.authority})
        reply = await api.send("POST", CONFIG_MAPS, MADE)
    # The server there is who it says, but not the one that the name of the Service demands.
    assert "not valid for 's.default.svc'" in reply.body["message"]


async def test_a_service_whose_pods_run_nowhere_has_no_endpoints(
    tmp_path: Path, hooks: Hooks
) -> None:
    service = {
        "metadata": {"name": "s"},
        "spec": {"selector": {"a": "b"}, "ports": [{"port": 443}]},
    }
    async with started(tmp_path / "data") as api:
        await api.send("POST", "/api/v1/namespaces/{ns}/services", service)
        await configure(api, hooks, clientConfig={"service": {"name": "s", "namespace": "default"}})
        reply = await api.send("POST", CONFIG_MAPS, MADE)
    assert reply.body["message"].endswith('no endpoints available for service "s"')


async def test_an_answer_without_end_is_cut_off(tmp_path: Path, hooks: Hooks) -> None:
    hooks.answers["hook"] = {"raw": "x" * (8 * 1024 * 1024 + 1)}
    async with started(tmp_path / "data") as api:
        await configure(api, hooks)
        reply = await api.send("POST", CONFIG_MAPS, MADE)
    assert (reply.code, reply.body["message"].rpartition(": ")[2]) == (
        500,
        "the answer is larger than 8388608 bytes",
    )


async def test_a_namespace_waits_for_what_a_webhook_holds(tmp_path: Path, hooks: Hooks) -> None:
    hooks.answers["hook"] = {"response": {"allowed": False}}
    space = {"metadata": {"name": "held"}}
    async with started(tmp_path / "data") as api:
        await api.send("POST", "/api/v1/namespaces", space)
        await api.send("POST", "/api/v1/namespaces/held/configmaps", MADE)
        await configure(api, hooks, rules=[{**ON_CONFIG_MAPS, "operations": ["DELETE"]}])
        await api.send("DELETE", "/api/v1/namespaces/held")
        await run(
            {"send": "GET /api/v1/namespaces/held", "until": True, "expect": TERMINATING}, api
        )
        assert (await api.send("GET", "/api/v1/namespaces/held/configmaps/a")).code == 200
        await api.send("DELETE", f"{GROUP}/validatingwebhookconfigurations/c")
        gone = {"send": "GET /api/v1/namespaces/held", "code": 404, "until": True, "within": 30}
        await run(gone, api)


TERMINATING = {"status": {"phase": "Terminating"}}


async def test_the_port_of_a_service_stays_taken_when_another_update_of_it_comes_too_late(
    tmp_path: Path, hooks: Hooks
) -> None:
    services = "/api/v1/namespaces/{ns}/services"
    hooks.answers["hook"] = {"delay": 0.2}
    async with started(tmp_path / "data") as api:
        made = (await api.send("POST", services, node_port("a", 30001))).body
        on_services = {**ON_CONFIG_MAPS, "operations": ["UPDATE"], "resources": ["services"]}
        await configure(api, hooks, rules=[on_services])
        first, second = (
            api.send("PUT", f"{services}/a", {**made, "spec": node_port("a", port)["spec"]})
            for port in (30002, 30003)
        )
        quick = asyncio.create_task(first)
        await hooks.wait_asked()
        hooks.answers["hook"] = {"delay": 1}
        codes = [(await second).code, (await quick).code]
        again = await api.send("POST", services, node_port("b", 30002))
    assert (codes, again.code) == ([409, 200], 422)


def node_port(name: str, port: int) -> dict[str, Any]:
    ports = [{"port": 80, "nodePort": port}]
    return {"metadata": {"name": name}, "spec": {"type": "NodePort", "ports": ports}}


async def test_hostile_patches_are_refused_and_nothing_else_happens(
    tmp_path: Path, hooks: Hooks
) -> None:
    patches: list[Any] = [
        {"op": "add"},
        [1],
        [{"op": "replace", "path": "", "value": 1}],
        [{"op": "replace", "path": "/metadata", "value": "x"}],
        [{"op": "replace", "path": "/metadata/managedFields", "value": "x"}],
        [{"op": "replace", "path": "/kind", "value": "Secret"}],
        [{"op": "replace", "path": "/data", "value": {"a": {"b": 1}}}],
        [{"op": "explode"}],
    ]
    async with started(tmp_path / "data") as api:
        await _mutating(api, hooks)
        for patch in patches:
            encoded = b64encode(orjson.dumps(patch)).decode()
            hooks.answers["hook"] = {"response": {"patch": encoded, "patchType": "JSONPatch"}}
            reply = await api.send("POST", CONFIG_MAPS, MADE)
            assert (reply.code, reply.body["reason"]) == (500, "InternalError"), patch
        listed = await api.send("GET", CONFIG_MAPS)
    assert [item for item in listed.body["items"] if item["metadata"]["name"] == "a"] == []


async def _mutating(api: Api, hooks: Hooks) -> None:
    hook = {
        "name": "a.trueup.dev",
        "clientConfig": {"url": f"{hooks.url}/hook", "caBundle": hooks.authority},
        "rules": [ON_CONFIG_MAPS],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    configuration = {"metadata": {"name": "m"}, "webhooks": [hook]}
    await api.send("POST", f"{GROUP}/mutatingwebhookconfigurations", configuration)
