"""Where the demo plays: one ``trueup up``, one repository, and ways to see what is so."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from examples.demo.narrator import Narrator
from examples.demo.repository import Repository
from trueup.cluster import Client
from trueup.cluster.following import until
from trueup.errors import TrueupError
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.testing.up import Up

T = TypeVar("T")

CONTENT = Path(__file__).parents[1] / "fleet"
NAMESPACE = "flux-system"
ENVIRONMENTS = ("dev", "staging", "prod")

SOURCE = GroupVersionKind("source.toolkit.fluxcd.io", "v1", "GitRepository")
DELIVERY = GroupVersionKind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization")
DEPLOYMENT = GroupVersionKind("apps", "v1", "Deployment")
SERVICE = GroupVersionKind("", "v1", "Service")
CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")


class NotTrueError(Exception):
    """Something that the demo promises did not come true."""


def ref(kind: GroupVersionKind, namespace: str, name: str) -> ObjectRef:
    return ObjectRef(kind.group, kind.kind, namespace, name, kind.version)


def image_of(deployment: Manifest) -> str:
    image: str = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    return image


class Stage:
    """All that the acts of the story use. ``patience``: seconds for anything to come true."""

    def __init__(self, folder: Path, narrator: Narrator, *, patience: float = 60) -> None:
        self.narrator = narrator
        self.up = Up(folder)
        self.repository = Repository(folder)
        self._patience = patience
        self._clients = AsyncExitStack()
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        if self._client is None:
            raise RuntimeError("the control plane is not started")
        return self._client

    async def open(self) -> None:
        """Start the control plane, and connect."""
        await self.up.start()
        self._client = await self._clients.enter_async_context(self.up.client())

    async def close(self) -> int:
        """Stop the control plane in order; its exit code."""
        await self._clients.aclose()
        return await self.up.stop()

    async def crash(self) -> None:
        """kill -9 the control plane."""
        await self._clients.aclose()
        await self.up.kill()

    async def trueup(self, *arguments: str) -> None:
        """Run the command line as a person would, and show what it prints."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "trueup", *arguments),
            env=self.up.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), self._patience)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        command = f"trueup {' '.join(arguments)}"
        self.narrator.runs(command, output.decode())
        if process.returncode:
            raise NotTrueError(f"{command} failed with exit code {process.returncode}")

    async def wait(self, about: ObjectRef, decide: Callable[[Manifest], T | None], what: str) -> T:
        """What ``decide`` says of the object once it says anything; NotTrueError if it never does."""
        seen: Manifest = {}

        def look(obj: Manifest) -> T | None:
            nonlocal seen
            seen = obj
            return decide(obj)

        try:
            return await until(self.client, about, look, timeout=self._patience)
        except (TimeoutError, TrueupError) as error:
            why = str(error) or f"not within {self._patience:g} s"
            raise NotTrueError(f"{what}: {why}; {_last_word(about, seen)}") from error

    async def live(self, delivery: str, commit: str) -> None:
        """Wait until a delivery is Ready at ``commit``."""

        def decide(obj: Manifest) -> bool | None:
            status = obj.get("status") or {}
            revision = status.get("lastAppliedRevision", "")
            return (_is_ready(obj) and revision.endswith(commit)) or None

        about = ref(DELIVERY, NAMESPACE, delivery)
        await self.wait(about, decide, f"{delivery} was to be live at {commit[:8]}")


def _is_ready(obj: Manifest) -> bool:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return any(
        (c["type"], c["status"], c.get("observedGeneration"))
        == ("Ready", "True", obj["metadata"]["generation"])
        for c in conditions
    )


def _last_word(about: ObjectRef, obj: Manifest) -> str:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    said = {condition["type"]: condition.get("message", "") for condition in conditions}
    if not obj:
        return f"no {about} was seen"
    return f"{about} last said: {said.get('Reconciling') or said.get('Ready') or 'nothing'}"
