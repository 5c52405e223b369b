"""One side of the comparison: a server, seen from a namespace made for one sequence."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import Any

import orjson

from tests.contract.explorer.definitions import DEFINITION
from tests.contract.explorer.namespaces import PATIENCE, Namespaces
from tests.contract.explorer.normalising import FOREIGN, Normaliser
from tests.contract.explorer.operations import Exploration
from tests.contract.explorer.settling import is_settled
from tests.contract.explorer.subjects import Subject
from tests.contract.explorer.wording import Step
from tests.contract.kinds import serve
from tests.contract.server import Api, Reply
from tests.contract.test_clauses import send, warnings
from trueup.errors import Unavailable

END = "zz-end"
"""The last object of a sequence: a watch that has shown it has shown everything."""
BROKEN: dict[str, Any] = {"code": 0}
_PAUSE = 0.05
_LONGEST_BASE = 58
"""Characters of a generateName that make it into the name."""
_HEADERS = {"User-Agent": "explorer"}


class Side:
    def __init__(self, api: Api, subjects: tuple[Subject, ...]) -> None:
        self.api = api
        self.subjects = subjects
        self.normalise = Normaliser({api.ns: "{ns}"})
        self._watched: dict[str, list[Any]] = {}

    async def answer(self, step: Step) -> dict[str, Any]:
        """Code, body and warnings, normalised; what later steps may name is remembered."""
        try:
            reply = await self._reply(step)
        except Unavailable:  # its handler broke down, and the connection with it
            return BROKEN
        self._name(step, reply)
        self._remember(step, reply)
        if step["send"].startswith(f"PATCH {DEFINITION}"):
            await self._taken_up(step["body"][0]["value"])
            return {"code": reply.code}
        return {
            "code": reply.code,
            "body": self.normalise.body(reply.body),
            "warnings": self.normalise.body(warnings(reply)),
        }

    async def _reply(self, step: Step) -> Reply:
        """The answer, once the server does not ask any more to come again: it takes a schema up."""
        reply = await send({**step, "headers": _HEADERS}, self.api)
        while reply.code == HTTPStatus.TOO_MANY_REQUESTS:
            await asyncio.sleep(_PAUSE)
            reply = await send({**step, "headers": _HEADERS}, self.api)
        return reply

    def _name(self, step: Step, reply: Reply) -> None:
        """A generated name is shown as its beginning."""
        body = step.get("body")
        given = body.get("metadata") if isinstance(body, dict) else None
        base = given.get("generateName") if isinstance(given, dict) else None
        if isinstance(base, str) and base and isinstance(reply.body, dict):
            holders = (reply.body.get("metadata") or {}, reply.body.get("details") or {})
            for name in (holder.get("name") or "" for holder in holders):
                if re.fullmatch(re.escape(base[:_LONGEST_BASE]) + "[a-z0-9]{5}", name):
                    self.normalise.call(name, f"{base}*")

    def _remember(self, step: Step, reply: Reply) -> None:
        body, subject = reply.body, subject_of(step, self.subjects)
        if reply.code not in {200, 201} or not isinstance(body, dict) or "dryRun" in step["send"]:
            return
        meta = body.get("metadata") or {}
        for name, path in saves(subject, meta.get("name"), reply.code).items():
            if path.rpartition(".")[2] in meta:
                self.api.saved[name] = str(meta[path.rpartition(".")[2]])

    async def _taken_up(self, schema: Any) -> None:
        """The schemas mark what they default."""
        wanted = schema["properties"]["mark"]["default"]
        probe = {"apiVersion": "{api}", "kind": "Thing", "metadata": {"name": "zz-probe"}}
        body = {**probe, "spec": {"color": "red"}}
        async with asyncio.timeout(PATIENCE):
            while True:
                reply = await self.api.send("POST", "{things}?dryRun=All", body)
                if isinstance(reply.body, dict) and reply.body.get("mark") == wanted:
                    return
                await asyncio.sleep(0.02)

    async def settle(self) -> None:
        """Wait until the collector of garbage has nothing left to do, or for PATIENCE seconds."""
        deadline = time.monotonic() + PATIENCE
        while not is_settled(await self._objects()) and time.monotonic() < deadline:
            await asyncio.sleep(_PAUSE)

    async def _objects(self) -> list[Any]:
        lists = [await self.api.send("GET", subject.place) for subject in self.subjects]
        return [item for reply in lists for item in reply.body.get("items", ())]

    async def watch(self, running: AsyncExitStack) -> None:
        """Follow all that can be followed: a new schema ends the watches of its kind."""
        for subject in self.subjects:
            if not subject.later:
                events = await running.enter_async_context(following(self.api, subject.place))
                self._watched[subject.name] = events

    async def events(self, subject: Subject) -> Any:
        """What the watch has shown until now, object by object."""
        body = {**subject.typed, **subject.least, "metadata": {"name": END}}
        reply = await self.api.send("POST", subject.place, body)
        assert reply.code == 201, reply.body
        events = self._watched[subject.name]
        async with asyncio.timeout(PATIENCE):
            while not any(_named(event) == END for event in events):
                await asyncio.sleep(0.01)
        own = [event for event in events if _named(event) not in FOREIGN | {END}]
        own.sort(key=lambda event: self.normalise.shown(_named(event)))
        return [self.normalise.body(event) for event in own]


def subject_of(step: Step, subjects: tuple[Subject, ...]) -> Subject:
    return next((each for each in subjects if f" {each.place}" in step["send"]), subjects[0])


def saves(subject: Subject, name: str | None, code: int) -> dict[str, str]:
    """What an answer tells, by the name under which later steps may use it, and where it stands."""
    if name is None:
        return {f"{subject.name}_continue": "metadata.continue"}
    known = f"{subject.name}_{name}_"
    told = {
        f"{known}uid": "metadata.uid",
        f"{known}version": "metadata.resourceVersion",
    }
    return told | ({f"{known}first": "metadata.resourceVersion"} if code == 201 else {})


def _named(event: Any) -> str:
    return str(event["object"].get("metadata", {}).get("name", ""))


@asynccontextmanager
async def following(api: Api, target: str) -> AsyncIterator[list[Any]]:
    """The events of a watch from now on, in a list that grows."""
    events: list[Any] = []
    begin = await api.send("GET", f"{target}?limit=1")
    version = begin.body["metadata"]["resourceVersion"]
    path, pairs = str(api.filled(target)), [("watch", "true"), ("resourceVersion", version)]

    async def follow() -> None:
        async with api.transport.stream(path, pairs, {"Accept": "application/json"}) as lines:
            async for line in lines:
                if line:
                    events.append(orjson.loads(line))  # noqa: PERF401 - seen as they come

    task = asyncio.create_task(follow())
    try:
        yield events
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def side(namespaces: Namespaces, exploration: Exploration) -> AsyncIterator[Side]:
    """A namespace ready for ``exploration``, with the custom kind."""
    api = await namespaces.take()
    async with AsyncExitStack() as running:
        custom = exploration.custom
        if custom is not None:
            await serve(api, custom.definition or {}, own=bool(custom.later))
        found = Side(api, exploration.subjects)
        found.normalise.call(api.saved.get("group", "{group}"), "{group}")
        await found.watch(running)
        try:
            yield found
        finally:
            if custom is not None and custom.later:
                await api.send("DELETE", DEFINITION)
