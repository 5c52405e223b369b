"""The contract of the API as tables: ``tests/cases/contract/*.yaml``, one clause a case.

A case is a list of steps; each sends a request, or watches, and says what must come back. It may
have a ``kind`` of its own (see ``kinds``), ``own_kind`` if it changes that; ``needs: node`` if its
Pods have to run. What needs more than steps is in ``test_watch``; what takes its time in
``test_housekeeping``.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import KNOWN_DIFFERENCES
from tests.contract.kinds import serve
from tests.contract.matching import at, differences
from tests.contract.server import Api, Reply, Server
from trueup.objects import yaml
from trueup.testing.patience import PATIENCE

CASES = Path(__file__).parents[1] / "cases" / "contract"
TABLE: list[dict[str, Any]] = [
    {**case, "file": path.stem}
    for path in sorted(CASES.glob("*.yaml"))
    for case in yaml.load(path.read_bytes())
]
KNOWN = {"name", "steps", "file", "kind", "own_kind", "needs"}
STEP = {
    "send",
    "watch",
    "as",
    "type",
    "accept",
    "headers",
    "body",
    "text",
    "code",
    "expect",
    "save",
    "warnings",
    "answered",
    "until",
}
MEDIA = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}


def cases(*, on_node: bool) -> pytest.MarkDecorator:
    found = [case for case in TABLE if (case.get("needs") == "node") is on_node]
    return pytest.mark.parametrize("case", found, ids=[f"{c['file']}: {c['name']}" for c in found])


@cases(on_node=False)
async def test_clause(case: dict[str, Any], api: Api, server: Server) -> None:
    assert case.keys() <= KNOWN
    if case.get("needs") == "housekeeping" and not server.has_housekeeping:
        pytest.skip("no kube-controller-manager here; `make kube` builds one")
    for key in {"kind", "own_kind"} & case.keys():
        await serve(api, case[key], own=key == "own_kind")
    await follow_steps(case, api)


@cases(on_node=True)
async def test_clause_of_a_node(case: dict[str, Any], node_api: Api) -> None:
    assert case.keys() <= KNOWN
    await follow_steps(case, node_api)


async def follow_steps(case: dict[str, Any], api: Api) -> None:
    for step in case["steps"]:
        assert step.keys() <= STEP, step
        await run(step, api)


def test_known_differences_are_few_and_name_clauses() -> None:
    clauses = {f"{case['file']}: {case['name']}" for case in TABLE}
    assert len(KNOWN_DIFFERENCES) <= 20
    assert KNOWN_DIFFERENCES.keys() <= clauses


async def run(step: dict[str, Any], api: Api) -> None:
    """One step; with ``until``, again and again until it is as expected."""
    if "watch" in step:
        await follow(step, api)
        return
    deadline = time.monotonic() + (PATIENCE if step.get("until") else 0)
    reply = await send(step, api)
    while (wrong := faults(step, reply, api)) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
        reply = await send(step, api)
    assert not wrong, f"{step['send']}: {wrong}"
    for name, path in step.get("save", {}).items():
        api.saved[name] = str(at(reply.body, path))


async def follow(step: dict[str, Any], api: Api) -> None:
    """A watch shows as many events as are expected, and these."""
    expected = api.filled(step["expect"])
    accept = step.get("accept", "application/json")
    events = await api.lines(step["watch"], len(expected), accept)
    wrong = list(differences(expected, events))
    assert not wrong, f"{step['watch']}: {wrong}"


async def send(step: dict[str, Any], api: Api) -> Reply:
    method, _, target = step["send"].partition(" ")
    headers = api.filled(step.get("headers", {}))
    if "type" in step:
        headers["Content-Type"] = MEDIA.get(step["type"], step["type"])
    if "accept" in step:
        headers["Accept"] = step["accept"]
    if "as" in step:
        headers["Impersonate-User"] = api.filled(step["as"])
    body = api.filled(step["text"]).encode() if "text" in step else step.get("body")
    return await api.send(method, target, body, headers)


def faults(step: dict[str, Any], reply: Reply, api: Api) -> list[str]:
    code = step.get("code", {"POST": 201}.get(step["send"].partition(" ")[0], 200))
    if reply.code != code:
        return [f"expected code {code}, found {reply.code}: {reply.body}"]
    wrong = []
    if "expect" in step:
        wrong += differences(api.filled(step["expect"]), reply.body)
    if "answered" in step:
        wrong += differences(api.filled(step["answered"]), dict(reply.headers), "headers")
    if "warnings" in step:
        wrong += differences(api.filled(step["warnings"]), warnings(reply), "warnings")
    return wrong


def warnings(reply: Reply) -> list[str]:
    """The texts of all Warning headers."""
    found = [warning.strip() for warning in reply.headers.get("warning", "").split("299 - ")]
    return [warning.rstrip(", ")[1:-1].replace('\\"', '"') for warning in found if warning]
