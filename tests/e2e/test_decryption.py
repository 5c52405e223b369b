"""Encrypted files become live on both homes; a wrong key is told; nobody is shown what they hold."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.homes import HOMES, home_in
from tests.e2e.waiting import came_true
from tests.sealed import identity, sealed
from trueup.cluster import Client
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.report.conditions import find
from trueup.testing.git import GitRepo
from trueup.testing.home import Home
from trueup.testing.patience import PATIENCE

pytestmark = pytest.mark.e2e

KUSTOMIZATION = GroupVersionKind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization")
GIT_REPOSITORY = GroupVersionKind("source.toolkit.fluxcd.io", "v1", "GitRepository")
SECRET = GroupVersionKind("", "v1", "Secret")
CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
CANARY, ROTATED = "canary-71d2-value", "canary-9e0b-other"


@dataclass
class Shop:
    """A repository with encrypted files, delivered; ``key`` is what opens them."""

    home: Home
    client: Client
    repo: GitRepo
    folder: Path

    async def put(self, gvk: GroupVersionKind, name: str, **body: Any) -> None:
        meta = {"name": name, "namespace": "default"}
        manifest = {"apiVersion": gvk.api_version, "kind": gvk.kind, "metadata": meta, **body}
        await self.client.apply(manifest, field_manager="person", force=True)

    async def key(self, identity: str) -> None:
        data = {"age.agekey": base64.b64encode(identity.encode()).decode()}
        await self.put(SECRET, "keys", data=data)

    def write(self, value: str, recipient: str) -> str:
        """A Secret, a ConfigMap and a file of a generator with ``value``; the commit."""
        generator = {"name": "made", "namespace": "default", "files": ["file.json"]}
        kustomization = {
            "resources": ["login.yaml", "plain.yaml"],
            "secretGenerator": [generator],
            "generatorOptions": {"disableNameSuffixHash": True},
        }
        files = {
            "app/kustomization.yaml": yaml.dump(kustomization),
            "app/login.yaml": encrypted("Secret", "login", recipient, stringData={"p": value}),
            "app/plain.yaml": encrypted("ConfigMap", "plain", recipient, data={"p": value}),
            "app/file.json": json.dumps(sealed({"p": value}, recipient)),
        }
        for path, text in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
        return self.repo.commit(files)

    async def look(self, commit: str) -> None:
        asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": commit}}}
        await self.client.patch(ref(GIT_REPOSITORY, "repo"), asked, field_manager="person")

    async def deliver(self) -> None:
        source = {"interval": "1h", "url": self.repo.url, "ref": {"branch": "main"}}
        await self.put(GIT_REPOSITORY, "repo", spec=source)
        spec = {
            "interval": "1h",
            "retryInterval": "1s",
            "path": "./app",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "repo"},
            "decryption": {"provider": "sops", "secretRef": {"name": "keys"}},
        }
        await self.put(KUSTOMIZATION, "app", spec=spec)

    async def said(self, *texts: str) -> Manifest:
        """The delivery, once Ready has all of ``texts`` in what it says."""

        def holds(obj: Manifest) -> bool:
            ready = find((obj.get("status") or {}).get("conditions") or (), "Ready") or {}
            text = f"{ready.get('status')} {ready.get('reason')} {ready.get('message')}"
            return all(part in text for part in texts)

        return await came_true(self.client, ref(KUSTOMIZATION, "app"), holds, timeout=PATIENCE)


def ref(gvk: GroupVersionKind, name: str) -> ObjectRef:
    return ObjectRef(gvk.group, gvk.kind, "default", name, gvk.version)


def encrypted(kind: str, name: str, recipient: str, **body: Any) -> str:
    meta = {"name": name, "namespace": "default"}
    plain = {"apiVersion": "v1", "kind": kind, "metadata": meta, **body}
    return yaml.dump(sealed(plain, recipient, only=tuple(body)))


@pytest.fixture(params=HOMES)
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    async with home_in(tmp_path, request.param) as home:
        await home.start()
        async with home.client() as client:
            yield Shop(home, client, GitRepo(tmp_path / "repo.git"), tmp_path / "checkout")


async def test_a_story_of_keys(shop: Shop) -> None:
    """One story, as a home takes seconds to start: no key, the key, another key, files for it."""
    (key, recipient), (other_key, other_recipient) = identity(), identity()
    first = shop.write(CANARY, recipient)
    await shop.deliver()
    await shop.said("False", "BuildFailed", "keys not found")
    await shop.key(key)
    await shop.said("True", first)
    for name, field in (("login", "p"), ("made", "file.json")):
        found = await shop.client.get(ref(SECRET, name))
        assert CANARY in base64.b64decode(found["data"][field]).decode()
    await shop.key(other_key)
    await shop.said("False", "BuildFailed", "the identity here is another one")
    assert await shop.client.find(ref(SECRET, "login")) is not None
    second = shop.write(ROTATED, other_recipient)
    await shop.look(second)
    await shop.said("True", second)
    plain = await shop.client.get(ref(CONFIG_MAP, "plain"))
    assert plain["data"] == {"p": ROTATED}
    assert CANARY not in (log := (shop.folder.parent / "log").read_text())
    assert ROTATED not in log


async def test_a_diff_shows_which_fields_would_change_and_no_value(shop: Shop) -> None:
    key, recipient = identity()
    await shop.key(key)
    commit = shop.write(CANARY, recipient)
    await shop.deliver()
    await shop.said("True", commit)
    shop.write(ROTATED, recipient)
    run = subprocess.run(
        [sys.executable, "-m", "trueup", "diff", "app", "--path", "app", "-n", "default"],
        cwd=shop.folder,
        env=shop.home.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    assert '~ .data.p: "*** (before)" -> "*** (after)"' in run.stdout
    assert (CANARY in run.stdout, ROTATED in run.stdout) == (False, False)
