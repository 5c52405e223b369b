"""Who would speak with what runs is told that it is simulated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport

NS = "/api/v1/namespaces/default"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
JSON = {"Content-Type": "application/json"}
CONTAINERS = [{"name": "c", "image": "i"}]
STATUS = {"podIP": "10.128.0.7", "podIPs": [{"ip": "10.128.0.7"}], "phase": "Running"}
ADDRESSES = [{"type": "InternalIP", "address": "192.0.2.1"}]


@pytest_asyncio.fixture
async def transport(tmp_path: Path) -> AsyncIterator[InProcessTransport]:
    """With a pod on a node, and a service before it."""
    plane = ControlPlane(tmp_path)
    await plane.start()
    found = InProcessTransport(plane, User("admin", groups=(MASTERS,)))
    await _create(found, "/api/v1/nodes", "n", status={"addresses": ADDRESSES})
    await _create(found, f"{NS}/pods", "p", spec={"nodeName": "n", "containers": CONTAINERS})
    patch = orjson.dumps({"status": STATUS})
    merge = {"Content-Type": "application/merge-patch+json"}
    await found.request("PATCH", f"{NS}/pods/p/status", [], merge, patch)
    await _create(found, f"{NS}/services", "s", spec={"ports": [{"name": "web", "port": 80}]})
    endpoints = {
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.128.0.7"]}],
        "ports": [{"name": "web", "port": 80}],
    }
    await _create(found, SLICES, "s", labels={"kubernetes.io/service-name": "s"}, **endpoints)
    yield found
    await plane.stop()


@pytest.mark.parametrize(
    ("path", "who"),
    [
        (f"{NS}/pods/p/proxy", "pod p"),
        (f"{NS}/pods/http:p:80/proxy/x", "pod p"),
        (f"{NS}/services/s:web/proxy", "service s"),
        (f"{NS}/services/s:80/proxy", "service s"),
        ("/api/v1/nodes/n/proxy/healthz", "node n"),
    ],
)
async def test_nothing_is_reached_by_proxy(
    transport: InProcessTransport, path: str, who: str
) -> None:
    answer = await transport.request("GET", path, [], {}, None)
    text = f"error trying to reach service: {who} is simulated: nothing runs in it"
    assert (answer.status, orjson.loads(answer.body)["message"]) == (503, text)


async def test_a_service_is_not_reached_by_a_port_that_its_endpoints_have_not(
    transport: InProcessTransport,
) -> None:
    answer = await transport.request("GET", f"{NS}/services/s/proxy", [], {}, None)
    text = 'no endpoints available for service "s"'
    assert (answer.status, orjson.loads(answer.body)["message"]) == (503, text)


async def test_nothing_is_run_in_a_pod(transport: InProcessTransport) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    answer = await transport.request("GET", f"{NS}/pods/p/exec", [], upgrade, None)
    assert orjson.loads(answer.body)["message"] == "pod p is simulated: nothing runs in it"


async def _create(
    transport: InProcessTransport,
    path: str,
    name: str,
    labels: dict[str, str] | None = None,
    **fields: Any,
) -> None:
    body = orjson.dumps({"metadata": {"name": name, "labels": labels or {}}, **fields})
    answer = await transport.request("POST", path, [], JSON, body)
    assert answer.status == 201, answer.body
