"""Lists by page and discovery, over real sockets. Failures of the network: ``test_http``."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from tests.unit.cluster.conftest import Connect
from trueup.cluster import Client
from trueup.errors import Gone, InputError, NotFound
from trueup.objects import GroupVersionKind

CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
EXPIRED = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}


class Pages:
    """Serves ten objects by page; continue tokens expire where ``expires``."""

    def __init__(self, *, expires: bool = False) -> None:
        self._expires = expires
        self.version = 100

    async def __call__(self, request: web.Request) -> web.Response:
        start = int(request.query.get("continue", 0))
        if start and self._expires:
            return web.json_response(EXPIRED, status=410)
        stop = start + int(request.query.get("limit", 10))
        self.version += 1  # the world goes on while pages are read
        meta = {"resourceVersion": str(self.version)}
        if stop < 10:
            meta["continue"] = str(stop)
        items = [{"metadata": {"name": f"n{index}"}} for index in range(start, min(stop, 10))]
        return web.json_response({"metadata": meta, "items": items})


async def listed(client: Client) -> tuple[list[str], str]:
    listing = await client.list(CONFIG_MAP, page_size=3)
    return [item["metadata"]["name"] for item in listing.items], listing.resource_version


NAMES = [f"n{index}" for index in range(10)]


async def test_a_list_has_every_page_and_the_version_of_the_first(connect: Connect) -> None:
    assert await listed(await connect(Pages())) == (NAMES, "101")


async def test_a_list_whose_pages_expire_is_read_whole(connect: Connect) -> None:
    assert await listed(await connect(Pages(expires=True))) == (NAMES, "102")


async def test_a_list_that_is_expired_from_the_start_is_gone(connect: Connect) -> None:
    async def expired(_request: web.Request) -> web.Response:
        return web.json_response(EXPIRED, status=410)

    with pytest.raises(Gone):
        await listed(await connect(expired))


@pytest.mark.parametrize("namespace", ["..", "a/secrets", "%2e%2e"])
async def test_a_namespace_cannot_lead_elsewhere(connect: Connect, namespace: str) -> None:
    client = await connect(Pages())
    with pytest.raises(InputError, match="invalid name"):
        await client.list(CONFIG_MAP, namespace)


async def test_items_know_their_kind(connect: Connect) -> None:
    listing = await (await connect(Pages())).list(CONFIG_MAP)
    assert {(item["apiVersion"], item["kind"]) for item in listing.items} == {("v1", "ConfigMap")}


# Discovery

LEGACY: dict[str, Any] = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/api/v1": {
        "groupVersion": "v1",
        "resources": [
            {"name": "pods", "kind": "Pod", "namespaced": True, "verbs": ["get"]},
            {"name": "pods/status", "kind": "Pod", "namespaced": True, "verbs": ["get"]},
        ],
    },
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {"name": "apps", "versions": [{"groupVersion": "apps/v1"}]},
            {"name": "metrics.k8s.io", "versions": [{"groupVersion": "metrics.k8s.io/v1"}]},
        ],
    },
    "/apis/apps/v1": {
        "groupVersion": "apps/v1",
        "resources": [{"name": "deployments", "kind": "Deployment", "namespaced": True}],
    },
}


async def legacy(request: web.Request) -> web.Response:
    if request.path not in LEGACY:
        return web.Response(status=503, text="service unavailable")
    return web.json_response(LEGACY[request.path])


async def discovering(connect: Connect) -> Client:
    return Client((await connect(legacy))._sender.transport)


async def test_a_server_without_aggregated_discovery_is_asked_group_by_group(
    connect: Connect,
) -> None:
    pods = await (await discovering(connect)).resource(GroupVersionKind("", "v1", "Pod"))
    assert (pods.path("apps", "web", "status"), pods.subresources) == (
        "/api/v1/namespaces/apps/pods/web/status",
        {"status"},
    )


async def test_an_api_that_is_down_does_not_hide_the_others(connect: Connect) -> None:
    client = await discovering(connect)
    found = await client.resource(GroupVersionKind("apps", "v1", "Deployment"))
    assert found.path("apps") == "/apis/apps/v1/namespaces/apps/deployments"


async def test_an_unknown_kind_is_named(connect: Connect) -> None:
    with pytest.raises(NotFound, match=r'no matches for kind "Thing" in version "x\.io/v1"'):
        await (await discovering(connect)).resource(GroupVersionKind("x.io", "v1", "Thing"))
