"""The servers that the contract is tried on: our own in this process, and a real one if given.

``TRUEUP_TEST_KUBECONFIG`` names the kubeconfig of a real kube-apiserver, whose user may do
anything; without it only the embedded server is tried.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.server import Api, Server
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport

REAL = os.environ.get("TRUEUP_TEST_KUBECONFIG", "")
ADMIN = User("admin", groups=("system:masters", "system:authenticated"))
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all tests here, since they share one server."""
    for item in items:
        if _HERE in item.path.parents and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(
    scope="session", loop_scope="session", params=["embedded", *(["real"] if REAL else [])]
)
async def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    if request.param == "real":
        transport = HttpTransport(cluster_config_from_file(REAL))
        yield Server(transport, is_real=True)
        await transport.close()
        return
    plane = ControlPlane(tmp_path_factory.mktemp("contract"))
    await plane.start()
    yield Server(InProcessTransport(plane, ADMIN), is_real=False)
    await plane.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def api(server: Server) -> AsyncIterator[Api]:
    """The server seen from a namespace of the test's own."""
    async with server.namespace() as api:
        yield api
