"""A webhook server on loopback, which both API servers call, and configurations that name it."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from tests.contract.server import Api
from trueup.testing.certificates import Authority
from trueup.testing.patience import PATIENCE

GROUP = "/apis/admissionregistration.k8s.io/v1"
PROBED = {"matchLabels": {"probe": "yes"}}
NOT_PROBED = {"matchExpressions": [{"key": "probe", "operator": "DoesNotExist"}]}
ON_CONFIG_MAPS = {
    "operations": ["*"],
    "apiGroups": [""],
    "apiVersions": ["v1"],
    "resources": ["configmaps"],
}


@dataclass
class Hooks:
    """Answers by path; ``seen`` are the paths and requests, in order."""

    url: str
    authority: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path, review = request.path.removeprefix("/"), orjson.loads(await request.read())
        self.seen.append((path, review["request"]))
        wanted = self.answers.get(path, {})
        await asyncio.sleep(wanted.get("delay", 0))
        if "raw" in wanted:
            return web.Response(status=wanted.get("code", 200), text=wanted["raw"])
        given = wanted.get("response", {})
        response = {"uid": review["request"]["uid"], "allowed": True, **given}
        if isinstance(response.get("patch"), list):
            response["patch"] = b64encode(orjson.dumps(response["patch"])).decode()
            response.setdefault("patchType", "JSONPatch")
        kinds = {"apiVersion": review["apiVersion"], "kind": "AdmissionReview"}
        return web.json_response({**kinds, **wanted.get("review", {}), "response": response})

    async def wait_asked(self) -> None:
        while not self.seen:
            await asyncio.sleep(0.01)

    def requests(self, prefix: str) -> list[tuple[str, dict[str, Any]]]:
        return [(path, request) for path, request in self.seen if path.startswith(prefix)]


@asynccontextmanager
async def hook_server(folder: Path) -> AsyncIterator[Hooks]:
    authority = Authority(folder)
    app = web.Application(client_max_size=16 * 1024 * 1024)
    hooks = Hooks("", b64encode(authority.certificate.encode()).decode())
    app.router.add_post("/{tail:.*}", hooks.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.server_context())
    await site.start()
    hooks.url = "https://{}:{}".format(*runner.addresses[0])
    try:
        yield hooks
    finally:
        await runner.cleanup()


@asynccontextmanager
async def configured(
    api: Api, hooks: Hooks, kind: str, declared: list[dict[str, Any]]
) -> AsyncIterator[None]:
    """``declared`` webhooks of a ``kind`` (mutating or validating), once the server knows them."""
    name = f"{kind}-{api.number}"
    plural = f"{GROUP}/{kind}webhookconfigurations"
    probe = {"name": "probe.trueup.dev", "objectSelector": PROBED}
    entries = [_webhook(api, hooks, kind, each) for each in [probe, *declared]]
    configuration = {"metadata": {"name": name}, "webhooks": entries}
    reply = await api.send("POST", plural, configuration)
    assert reply.code == 201, reply.body
    try:
        await _known(api, hooks, f"{api.number}/{kind}/probe")
        yield
    finally:
        await api.send("DELETE", f"{plural}/{name}")


def _webhook(api: Api, hooks: Hooks, kind: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    own = dict(declared)
    name = str(own.get("name", f"{kind}.trueup.dev"))
    path = f"{api.number}/{kind}/{name.partition('.')[0]}"
    hooks.answers[path] = own.pop("answer", {})
    return {
        "name": name,
        "clientConfig": {"url": f"{hooks.url}/{path}", "caBundle": hooks.authority},
        "rules": [ON_CONFIG_MAPS],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": api.ns}},
        "objectSelector": NOT_PROBED,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        **own,
    }


async def _known(api: Api, hooks: Hooks, path: str) -> None:
    """Write nothing, again and again, until the webhook at ``path`` is asked about it."""
    deadline = time.monotonic() + PATIENCE
    probe = {"metadata": {"name": "probe", "labels": {"probe": "yes"}}}
    while not hooks.requests(path):
        reply = await api.send("POST", "/api/v1/namespaces/{ns}/configmaps?dryRun=All", probe)
        assert time.monotonic() < deadline, f"not in force: {reply.body}"
        await asyncio.sleep(0.02)
