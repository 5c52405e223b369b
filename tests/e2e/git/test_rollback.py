"""The whole way back: a Git server that asks for a password, and ``trueup rollback``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import orjson
import pytest

from tests.e2e.homes import HOMES, home_in
from trueup.cluster import Client, following
from trueup.dialects.flux.names import KUSTOMIZATION
from trueup.objects import Manifest, ObjectRef
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer
from trueup.testing.home import Home
from trueup.testing.patience import PATIENCE

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


async def rollback(home: Home, *args: str) -> tuple[int | None, bytes]:
    """Its exit code, and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trueup", "rollback", *args),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=home.environment(),
    )
    out, _ = await process.communicate()
    return process.returncode, out


async def wait_colour(client: Client, wanted: str) -> None:
    def decide(obj: Manifest) -> bool | None:
        return True if obj["data"]["colour"] == wanted else None

    await following.until(client, SETTINGS, decide, timeout=PATIENCE)


async def wait_ready(client: Client, revision: str) -> None:
    def decide(obj: Manifest) -> bool | None:
        applied = (obj.get("status") or {}).get("lastAppliedRevision", "")
        return True if applied.endswith(revision) else None

    await following.until(client, APP, decide, timeout=PATIENCE)


@pytest.mark.parametrize("kind", HOMES)
async def test_what_was_delivered_last_is_reverted_over_http_and_becomes_live(
    kind: str, repo: GitRepo, http: GitHttpServer, tmp_path: Path
) -> None:
    http.user = LOGIN
    repo.commit(settings("green"), replace=True, message="make it green")
    async with home_in(tmp_path, kind) as home:
        await home.start()
        async with home.client() as client:
            for obj in resources(f"{http.url}/repo.git"):
                await client.create(obj, field_manager="test")
            await wait_colour(client, "green")
            await wait_ready(client, repo.commit(settings("red"), message="make it red"))
            words = ("app", "-n", NAMESPACE, "--author", "Me <me@example.com>", "-o", "json")
            code, out = await rollback(home, *words)
            live = await client.get(SETTINGS)
    assert code == 0, out
    answer = orjson.loads(out[out.index(b"{\n") :])
    assert answer["revision"] == f"main@sha1:{answer['commit']}"
    file = repo.files("refs/heads/main")["app/s.yaml"]
    assert (live["data"]["colour"], file.count(b"green")) == ("green", 1)
    assert b"secret-password" not in out
