"""Where the demo plays: one Trueup, one repository, and ways to see what is so."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import TypeVar

from examples.demo.narrator import Narrator
from examples.demo.repository import Repository
from trueup.cluster import Client
from trueup.cluster.following import changes, until
from trueup.errors import TrueupError
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.testing.home import Home

T = TypeVar("T")

CONTENT = Path(__file__).parents[1] / "fleet"
NAMESPACE = "flux-system"
ENVIRONMENTS = ("dev", "staging", "prod")

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

    def __init__(
        self, home: Home, repository: Repository, narrator: Narrator, *, patience: float = 60
    ) -> None:
        self.home = home
        self.repository = repository
        self.narrator = narrator
        self._patience = patience
        self._clients = AsyncExitStack()
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        if self._client is None:
            raise RuntimeError("Trueup is not started")
        return self._client

    async def open(self) -> None:
        """Start Trueup, and connect."""
        await self.home.start()
        self._client = await self._clients.enter_async_context(self.home.client())

    async def close(self) -> int:
        """Stop Trueup in order; its exit code."""
        await self._clients.aclose()
        return await self.home.stop()

    async def crash(self) -> None:
        """kill -9 Trueup."""
        await self._clients.aclose()
        await self.home.kill()

    async def trueup(self, *arguments: str) -> None:
        """Run the command line as a person would, and show what it prints."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "trueup", *arguments),
            env=self.home.environment(),
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            output, errors = await asyncio.wait_for(process.communicate(), self._patience)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        command = f"trueup {' '.join(arguments)}"
        self.narrator.runs(command, output.decode())
        if process.returncode:
            raise NotTrueError(f"{command} failed: {errors.decode().strip()}")

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

    async def live(self, deliveries: Iterable[str], commit: str) -> AsyncIterator[str]:
        """Each of ``deliveries`` once it is Ready at ``commit``, in the order in which that comes.

        One watch tells them all, so the order is that of the writes; what was written before we
        looked is put in that order by its version. NotTrueError if one never is.
        """
        left, last = set(deliveries), ""
        try:
            async with (
                asyncio.timeout(self._patience),
                aclosing(changes(self.client, DELIVERY, NAMESPACE)) as batches,
            ):
                async for batch in batches:
                    for obj in sorted((event.object for event in batch), key=_version):
                        name = obj["metadata"]["name"]
                        if name in left and _is_live(obj, commit):
                            left.remove(name)
                            yield name
                        elif name in left:
                            last = _last_word(ref(DELIVERY, NAMESPACE, name), obj)
                    if not left:
                        return
        except (TimeoutError, TrueupError) as error:
            why = str(error) or f"not within {self._patience:g} s"
            names = ", ".join(sorted(left))
            raise NotTrueError(f"{names} to be live at {commit[:8]}: {why}; {last}") from error


def _version(obj: Manifest) -> int:
    return int(obj["metadata"]["resourceVersion"])


def _is_live(delivery: Manifest, commit: str) -> bool:
    revision: str = (delivery.get("status") or {}).get("lastAppliedRevision", "")
    return _is_ready(delivery) and revision.endswith(commit)


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
