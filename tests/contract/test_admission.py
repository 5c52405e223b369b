"""Admission webhooks as tables: ``tests/cases/admission/*.yaml``, one clause a case.

A case declares webhooks with what they answer, sends requests as the other clauses do, and says
what the webhooks must have been asked. Policies need no webhook and are among the other clauses.
"""

from __future__ import annotations

import asyncio
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


async def test_two_patches_that_meet_while_a_webhook_is_asked_both_count(
    api: Api, hooks: Hooks
) -> None:
    target, merge = "/api/v1/namespaces/{ns}/configmaps", "application/merge-patch+json"
    await api.send("POST", target, {"metadata": {"name": "a"}})
    slow = [{"answer": {"delay": 0.3}}]
    async with configured(api, hooks, "validating", slow):
        patches = [
            api.send("PATCH", f"{target}/a", {"data": {key: "v"}}, {"Content-Type": merge})
            for key in ("one", "two")
        ]
        codes = [reply.code for reply in await asyncio.gather(*patches)]
        found = await api.send("GET", f"{target}/a")
    assert (codes, found.body["data"]) == ([200, 200], {"one": "v", "two": "v"})


async def test_of_two_creations_that_meet_while_a_webhook_is_asked_one_is_refused(
    api: Api, hooks: Hooks
) -> None:
    target, made = "/api/v1/namespaces/{ns}/configmaps", {"metadata": {"name": "a"}}
    slow = [{"answer": {"delay": 0.3}}]
    async with configured(api, hooks, "validating", slow):
        replies = await asyncio.gather(*(api.send("POST", target, made) for _ in range(2)))
    assert sorted(reply.code for reply in replies) == [201, 409]


async def test_an_update_of_an_old_version_is_refused_though_it_was_new_when_the_webhook_was_asked(
    api: Api, hooks: Hooks
) -> None:
    target = "/api/v1/namespaces/{ns}/configmaps"
    made = (await api.send("POST", target, {"metadata": {"name": "a"}})).body
    slow = [{"answer": {"delay": 0.3}}]
    async with configured(api, hooks, "validating", slow):
        updates = [api.send("PUT", f"{target}/a", {**made, "data": {"k": value}}) for value in "vw"]
        replies = await asyncio.gather(*updates)
    assert sorted(reply.code for reply in replies) == [200, 409]


async def test_warnings_of_all_webhooks_are_cut_where_they_are_too_long(
    api: Api, hooks: Hooks
) -> None:
    warnings = [letter * 3000 for letter in "abc"]
    wordy = [{"answer": {"response": {"warnings": warnings}}}]
    async with configured(api, hooks, "validating", wordy):
        made = {"metadata": {"name": "a"}}
        reply = await api.send("POST", "/api/v1/namespaces/{ns}/configmaps", made)
    cut = ", ".join(f'299 - "{letter * 256}"' for letter in "abc")
    assert reply.headers["warning"] == cut


async def _run_all(steps: Any, api: Api) -> None:
    for step in steps:
        assert step.keys() <= STEP, step
        await run(step, api)
        await _cached(step, api)


async def _cached(step: dict[str, Any], api: Api) -> None:
    """Returns once a change is in kube-apiserver's cache.

    It tries the next change on what the cache has, and asks webhooks about that too.
    """
    method, _, target = step["send"].partition(" ")
    if method not in {"PATCH", "PUT"} or "?" in target:
        return
    latest = await api.send("GET", target)
    async with asyncio.timeout(60):
        while (await api.send("GET", f"{target}?resourceVersion=0")).body != latest.body:
            await asyncio.sleep(0.02)


def _asked(api: Api, hooks: Hooks) -> list[dict[str, Any]]:
    """What each webhook of this test was asked, but for probes: its name and the request."""
    requests = hooks.requests(f"{api.number}/")
    found = [{"webhook": path.rpartition("/")[2], **request} for path, request in requests]
    return [each for each in found if each["webhook"] != "probe" and each.get("name") != CA]
