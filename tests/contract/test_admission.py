"""Admission webhooks as tables: ``tests/cases/admission/*.yaml``, one clause a case.

A case declares webhooks with what they answer, sends requests as the other clauses do, and says
what the webhooks must have been asked. Policies need no webhook and are among the other clauses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.contract.hooks import Hooks, configured, hook_server
from tests.contract.matching import differences
from tests.contract.server import Api
from tests.contract.test_clauses import STEP, run
from trueup.objects import yaml

CASES = Path(__file__).parents[1] / "cases" / "admission"
TABLE: list[dict[str, Any]] = [
    {**case, "file": path.stem}
    for path in sorted(CASES.glob("*.yaml"))
    for case in yaml.load(path.read_bytes())
]
CA = "kube-root-ca.crt"
"""What every namespace is given, which webhooks are asked about too."""
KNOWN = {"name", "file", "before", "mutating", "validating", "steps", "asked"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hooks(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hooks]:
    async with hook_server(tmp_path_factory.mktemp("hooks")) as running:
        yield running


@pytest.mark.parametrize("case", TABLE, ids=[f"{c['file']}: {c['name']}" for c in TABLE])
async def test_clause(case: dict[str, Any], api: Api, hooks: Hooks) -> None:
    assert case.keys() <= KNOWN
    api.saved["hooks"] = hooks.url
    await _run_all(case.get("before", ()), api)
    async with AsyncExitStack() as stack:
        for kind in ("mutating", "validating"):
            if case.get(kind):
                declared = api.filled(case[kind])
                await stack.enter_async_context(configured(api, hooks, kind, declared))
        await _run_all(case["steps"], api)
    if "asked" in case:
        assert not list(differences(api.filled(case["asked"]), _asked(api, hooks)))


async def _run_all(steps: Any, api: Api) -> None:
    for step in steps:
        assert step.keys() <= STEP, step
        await run(step, api)


def _asked(api: Api, hooks: Hooks) -> list[dict[str, Any]]:
    """What each webhook of this test was asked, but for probes: its name and the request."""
    requests = hooks.requests(f"{api.number}/")
    found = [{"webhook": path.rpartition("/")[2], **request} for path, request in requests]
    return [each for each in found if each["webhook"] != "probe" and each.get("name") != CA]
