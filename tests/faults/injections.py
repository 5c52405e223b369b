"""How each kind of fault is made, and ended: ``async with INJECTIONS[fault](stage, **options)``."""

from __future__ import annotations

import os
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.faults.homes import EmbeddedHome
from tests.faults.in_process import InProcess
from tests.faults.stage import Stage
from tests.faults.story import eventually
from trueup.controllers.definitions import install
from trueup.objects import ObjectRef, yaml
from trueup.testing.controller import Controller
from trueup.testing.proxy import Fault, Matching, faults
from trueup.wiring import definitions

DEFINITION = ObjectRef("apiextensions.k8s.io", "CustomResourceDefinition", "", "", "v1")

_WIRE: dict[str, Callable[..., Fault]] = {
    "answer": faults.answering,
    "expire": faults.expiring_watch,
    "half-sent": lambda: faults.half_sent,
    "answer-lost": lambda: faults.answer_lost,
    "cut-within-event": lambda: faults.cut_within_event,
    "silent": lambda: faults.silent,
    "trickle": faults.trickling,
}


# On the wire


@asynccontextmanager
async def on_the_wire(
    stage: Stage, *, how: str, requests: dict[str, Any], cut: bool = False, **details: Any
) -> AsyncIterator[None]:
    """``requests``: which; ``cut``: connections that are open end first."""
    with stage.proxy.fault(Matching(**requests), _WIRE[how](**details)):
        if cut:
            await stage.proxy.cut()
        yield


@asynccontextmanager
async def connections_lost(stage: Stage) -> AsyncIterator[None]:
    """As when the way to the API server changes, and nobody tells: half-open."""
    stage.proxy.lose()
    yield


# The API server


@asynccontextmanager
async def server_killed(stage: Stage) -> AsyncIterator[None]:
    await stage.home.kill()
    try:
        yield
    finally:
        await stage.home.start()


@asynccontextmanager
async def store_paused(stage: Stage) -> AsyncIterator[None]:
    stage.home.pause_store()
    try:
        yield
    finally:
        stage.home.resume_store()


@asynccontextmanager
async def disk_full(stage: Stage) -> AsyncIterator[None]:
    """A file takes all that is left of the disk that the store is on."""
    assert isinstance(stage.home, EmbeddedHome)
    filler = stage.home.plane.data / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


# What the delivery needs


@asynccontextmanager
async def token_expired(stage: Stage) -> AsyncIterator[None]:
    """The token ends with the Secret that it is bound to; then the file has another."""
    await stage.story.person.delete(stage.story.ref("Secret", "first-token"))
    await stage.story.wait_refused()  # kube-apiserver believes a token for ten seconds
    yield
    await stage.story.use_token("second-token")


@asynccontextmanager
async def definition_deleted(stage: Stage) -> AsyncIterator[None]:
    """Of a kind that the delivery brings, so nobody has to mend it."""
    await stage.story.person.delete(_definition(f"widgets.{stage.story.namespace}.example.com"))
    yield


@asynccontextmanager
async def own_definition_deleted(stage: Stage) -> AsyncIterator[None]:
    """All deliveries go with it; then somebody installs it, and creates the delivery, again."""
    ref, person = _definition("kustomizations.kustomize.toolkit.fluxcd.io"), stage.story.person
    await person.delete(ref)

    async def is_gone() -> bool | None:
        return await person.find(ref) is None or None

    await eventually(is_gone, "the definition goes, and all deliveries with it")
    try:
        yield
    finally:
        await install(person, definitions())
    [delivery] = [each for each in stage.story.deliveries() if each["kind"] == "Kustomization"]
    await person.create(delivery, field_manager="person")


@asynccontextmanager
async def namespace_stuck(stage: Stage) -> AsyncIterator[None]:
    """A namespace is deleted, and something in it cannot go."""
    person, name = stage.story.person, f"{stage.story.namespace}-more"
    stuck = ObjectRef("", "ConfigMap", name, "stuck", "v1")
    manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "stuck", "namespace": name, "finalizers": ["example.com/stuck"]},
    }
    await person.create(manifest, field_manager="someone")
    await person.delete(ObjectRef("", "Namespace", "", name, "v1"))
    yield
    await person.patch(stuck, {"metadata": {"finalizers": []}}, field_manager="someone")


@asynccontextmanager
async def webhook_down(stage: Stage) -> AsyncIterator[None]:
    """One is registered for ConfigMaps, and nobody listens where it should be."""
    manifest = yaml.load(_WEBHOOK.replace("NAMESPACE", stage.story.namespace))
    await stage.story.person.create(manifest, field_manager="person")
    yield
    await stage.story.person.delete(ObjectRef.of(manifest))


def _definition(name: str) -> ObjectRef:
    return ObjectRef(DEFINITION.group, DEFINITION.kind, "", name, DEFINITION.version)


# The controllers


@asynccontextmanager
async def clock_jumped(stage: Stage, *, hours: float) -> AsyncIterator[None]:
    assert isinstance(stage.controller, InProcess)
    stage.controller.clock.jump = hours
    yield
    stage.controller.clock.jump = 0


@asynccontextmanager
async def no_descriptors(stage: Stage) -> AsyncIterator[None]:
    """The process may open no file, no socket and no pipe any more."""
    assert isinstance(stage.controller, Controller)
    pid = stage.controller.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (1, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))


@asynccontextmanager
async def cache_overwritten(stage: Stage) -> AsyncIterator[None]:
    """Every file of the cache gets other bytes, under the running process."""
    for file in _cached(stage):
        _overwrite(file, os.urandom(file.stat().st_size))
    yield


@asynccontextmanager
async def cache_truncated(stage: Stage) -> AsyncIterator[None]:
    """The process is killed, every file of the cache loses its second half, it starts again."""
    await stage.controller.kill()
    for file in _cached(stage):
        _overwrite(file, file.read_bytes()[: file.stat().st_size // 2])
    await stage.controller.start()
    yield


def _cached(stage: Stage) -> list[Path]:
    return [file for file in (stage.folder / "controller/cache").rglob("*") if file.is_file()]


def _overwrite(file: Path, content: bytes) -> None:
    file.chmod(0o600)
    with file.open("r+b") as opened:
        opened.write(content)
        opened.truncate()


Injection = Callable[..., AbstractAsyncContextManager[None]]

INJECTIONS: dict[str, Injection] = {
    "wire": on_the_wire,
    "connections lost": connections_lost,
    "server killed": server_killed,
    "store paused": store_paused,
    "disk full": disk_full,
    "token expired": token_expired,
    "definition deleted": definition_deleted,
    "own definition deleted": own_definition_deleted,
    "namespace stuck": namespace_stuck,
    "webhook down": webhook_down,
    "clock jumped": clock_jumped,
    "no descriptors": no_descriptors,
    "cache overwritten": cache_overwritten,
    "cache truncated": cache_truncated,
}

_WEBHOOK = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: down-NAMESPACE}
webhooks:
  - name: down.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Fail
    timeoutSeconds: 2
    clientConfig: {url: "https://127.0.0.1:1/"}
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}
    rules:
      - {apiGroups: [""], apiVersions: [v1], resources: [configmaps], operations: [CREATE, UPDATE]}
"""
