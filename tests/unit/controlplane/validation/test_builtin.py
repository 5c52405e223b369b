"""Built-in kinds: what kube-apiserver refuses is refused, in its words.

Cases: ``tests/cases/controlplane/builtin.yaml``; the answers beside it are a real server's.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.http.message import Request
from trueup.objects import yaml
from trueup.testing.objects import changed, collection_path

CASES = Path(__file__).parents[3] / "cases" / "controlplane"
TABLE: dict[str, Any] = yaml.load((CASES / "builtin.yaml").read_bytes())
ANSWERS: dict[str, list[str]] = yaml.load((CASES / "builtin_answers.yaml").read_bytes())
ADMIN = User("admin", groups=(MASTERS,))


async def send(plane: ControlPlane, method: str, path: str, body: Any = None) -> dict[str, Any]:
    path, _, query = path.partition("?")
    pairs = [("dryRun", "All")] if query else []
    headers = {"content-type": "application/json"}
    response = await plane.handle(
        Request(method, path, pairs, headers, json.dumps(body).encode(), ADMIN)
    )
    found: dict[str, Any] = json.loads(response.body)  # type: ignore[arg-type]
    return found


async def ask(plane: ControlPlane, case: dict[str, Any]) -> list[str]:
    base = TABLE["bases"][case["of"]]
    path = collection_path(base)
    if case.get("update"):
        await send(plane, "POST", path, base)
        here = f"{path}/{base['metadata']['name']}"
        live = await send(plane, "GET", here)
        said = await send(plane, "PUT", f"{here}?dryRun=All", changed(live, case["set"]))
    else:
        said = await send(plane, "POST", f"{path}?dryRun=All", changed(base, case["set"]))
    if said.get("status") != "Failure":
        return []
    causes = said.get("details", {}).get("causes", [])
    return sorted(f"{c['field']}: {c['message']}" for c in causes) or [said["message"]]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the embedded control plane answers to every case."""

    async def ask_all() -> dict[str, list[str]]:
        plane = ControlPlane(tmp_path_factory.mktemp("plane"))
        await plane.start()
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "sa"}}
        await send(plane, "POST", "/api/v1/namespaces/default/serviceaccounts", account)
        try:
            plain = [{"name": name, "of": name, "set": {}} for name in TABLE["bases"]]
            cases = [*plain, *TABLE["cases"]]
            return {case["name"]: await ask(plane, case) for case in cases}
        finally:
            await plane.stop()

    return asyncio.run(ask_all())


def fields(causes: list[str]) -> list[str]:
    return [cause.partition(": ")[0] for cause in causes]


@pytest.mark.parametrize("case", TABLE["cases"], ids=[case["name"] for case in TABLE["cases"]])
def test_builtin(said: dict[str, list[str]], case: dict[str, Any]) -> None:
    assert case.keys() <= {"name", "of", "set", "update", "differs"}
    found, wanted = said[case["name"]], ANSWERS[case["name"]]
    if "differs" in case:
        found, wanted = fields(found), fields(wanted)
    assert found == wanted


@pytest.mark.parametrize("name", list(TABLE["bases"]))
def test_the_object_that_is_changed_is_itself_accepted(
    said: dict[str, list[str]], name: str
) -> None:
    assert said[name] == []
