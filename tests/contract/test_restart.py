"""The embedded server after a restart: everything is there, and watches begin anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.conftest import ADMIN
from tests.contract.server import Api
from tests.contract.test_clauses import run
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport

SECRETS = "/api/v1/namespaces/default/secrets"


@asynccontextmanager
async def started(path: Path) -> AsyncIterator[Api]:
    plane = ControlPlane(path)
    await plane.start()
    yield Api(InProcessTransport(plane, ADMIN), "default", 0)
    await plane.stop()


async def test_objects_are_there_after_a_restart_as_they_were(tmp_path: Path) -> None:
    async with started(tmp_path) as api:
        before = await api.send("POST", SECRETS, {"metadata": {"name": "a"}})
    async with started(tmp_path) as api:
        assert (await api.send("GET", f"{SECRETS}/a")).body == before.body


async def test_a_watch_from_before_the_restart_is_expired(tmp_path: Path) -> None:
    async with started(tmp_path) as api:
        reply = await api.send("POST", SECRETS, {"metadata": {"name": "a"}})
        await api.send("POST", SECRETS, {"metadata": {"name": "b"}})
    since = reply.body["metadata"]["resourceVersion"]
    async with started(tmp_path) as api:
        (event,) = await api.lines(f"{SECRETS}?resourceVersion={since}", 1)
    assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
    assert event["object"]["reason"] == "Expired"


async def test_an_exact_list_from_before_the_restart_is_expired(tmp_path: Path) -> None:
    async with started(tmp_path) as api:
        await api.send("POST", SECRETS, {"metadata": {"name": "a"}})
    async with started(tmp_path) as api:
        query = "resourceVersion=1&resourceVersionMatch=Exact"
        reply = await api.send("GET", f"{SECRETS}?{query}")
    assert (reply.code, reply.body["reason"]) == (410, "Expired")


async def test_a_page_from_before_the_restart_is_gone_but_says_how_to_go_on(
    tmp_path: Path,
) -> None:
    async with started(tmp_path) as api:
        for name in "abc":
            await api.send("POST", SECRETS, {"metadata": {"name": name}})
        page = await api.send("GET", f"{SECRETS}?limit=1")
        await api.send("DELETE", f"{SECRETS}/b")
    async with started(tmp_path) as api:
        token = page.body["metadata"]["continue"]
        gone = await api.send("GET", f"{SECRETS}?limit=1&continue={token}")
        onward = gone.body["metadata"]["continue"]
        rest = await api.send("GET", f"{SECRETS}?limit=9&continue={onward}")
    assert (gone.code, gone.body["reason"]) == (410, "Expired")
    assert [item["metadata"]["name"] for item in rest.body["items"]] == ["c"]


async def test_tokens_of_service_accounts_outlive_a_restart(tmp_path: Path) -> None:
    accounts = "/api/v1/namespaces/default/serviceaccounts"
    async with started(tmp_path) as api:
        await api.send("POST", accounts, {"metadata": {"name": "robot"}})
        token = (await api.send("POST", f"{accounts}/robot/token", {"spec": {}})).body["status"]
    async with started(tmp_path) as api:
        review = {"spec": {"token": token["token"]}}
        reply = await api.send("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review)
    assert reply.body["status"]["authenticated"]


async def test_a_deletion_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with started(tmp_path) as api:
        body = {"metadata": {"name": "a", "finalizers": ["orphan"]}}
        await api.send("POST", SECRETS, body)
        await api.send("DELETE", f"{SECRETS}/a")
    async with started(tmp_path) as api:
        await run({"send": f"GET {SECRETS}/a", "code": 404, "until": True}, api)
