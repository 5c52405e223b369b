"""The whole way back: ``trueup up``, a Git server that asks for a password, ``trueup rollback``."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from trueup.cluster import Client, following
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.dialects.flux.names import KUSTOMIZATION
from trueup.objects import Manifest, ObjectRef
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer

NAMESPACE = "default"
APP = ObjectRef(KUSTOMIZATION.group, KUSTOMIZATION.kind, NAMESPACE, "app", KUSTOMIZATION.version)
SETTINGS = ObjectRef("", "ConfigMap", NAMESPACE, "settings", "v1")
LOGIN = ("me", "secret-password")


def settings(colour: str) -> dict[str, bytes | str | None]:
    meta = "metadata: {name: settings, namespace: default}"
    return {"app/s.yaml": f"apiVersion: v1\nkind: ConfigMap\n{meta}\ndata: {{colour: {colour}}}\n"}


def resources(url: str) -> list[Manifest]:
    place = {"namespace": NAMESPACE, "name": "app"}
    login = {"username": LOGIN[0], "password": LOGIN[1]}
    source = {"url": url, "interval": "1s", "ref": {"branch": "main"}, "secretRef": {"name": "app"}}
    delivery = {
        "interval": "1h",
        "prune": True,
        "path": "./app",
        "sourceRef": {"kind": "GitRepository", "name": "app"},
    }
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": place, "stringData": login},
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": place,
            "spec": source,
        },
        {
            "apiVersion": KUSTOMIZATION.api_version,
            "kind": KUSTOMIZATION.kind,
            "metadata": place,
            "spec": delivery,
        },
    ]


async def trueup(*args: str, data: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trueup", *args, "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
    )


@asynccontextmanager
async def up(data: Path) -> AsyncIterator[Client]:
    """``trueup up`` as a process of its own, and a client of it."""
    process = await trueup("up", "--no-simulation", "--log-level", "error", data=data)
    assert process.stdout is not None
    try:
        first = (await process.stdout.readline()).decode()
        assert first.startswith("Trueup is up at https://"), first
        config = cluster_config_from_file(str(data / "kubeconfig"), "")
        client = Client(HttpTransport(config))
        try:
            yield client
        finally:
            await client.close()
    finally:
        process.terminate()
        await process.communicate()


async def wait_colour(client: Client, wanted: str) -> None:
    def decide(obj: Manifest) -> bool | None:
        return True if obj["data"]["colour"] == wanted else None

    await following.until(client, SETTINGS, decide, timeout=40)


async def wait_ready(client: Client, revision: str) -> None:
    def decide(obj: Manifest) -> bool | None:
        applied = (obj.get("status") or {}).get("lastAppliedRevision", "")
        return True if applied.endswith(revision) else None

    await following.until(client, APP, decide, timeout=40)


async def test_what_was_delivered_last_is_reverted_over_http_and_becomes_live(
    repo: GitRepo, http: GitHttpServer, tmp_path: Path
) -> None:
    http.user = LOGIN
    data = tmp_path / "up"
    repo.commit(settings("green"), replace=True, message="make it green")
    async with up(data) as client:
        for obj in resources(f"{http.url}/repo.git"):
            await client.create(obj, field_manager="test")
        await wait_colour(client, "green")
        await wait_ready(client, repo.commit(settings("red"), message="make it red"))
        words = ("app", "-n", NAMESPACE, "--author", "Me <me@example.com>", "-o", "json")
        process = await trueup("rollback", *words, data=data)
        out, _ = await process.communicate()
        live = await client.get(SETTINGS)
    assert process.returncode == 0, out
    answer = orjson.loads(out[out.index(b"{\n") :])
    assert answer["revision"] == f"main@sha1:{answer['commit']}"
    assert (
        live["data"]["colour"],
        repo.files("refs/heads/main")["app/s.yaml"].count(b"green"),
    ) == (
        "green",
        1,
    )
    assert b"secret-password" not in out
