"""Telling goes on, whatever becomes of one Event."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.controllers.home import Home
from trueup.errors import InputError
from trueup.objects import Manifest
from trueup.testing.patience import PATIENCE

ABOUT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "apps"}}


class Refusing(Client):
    """Fails the first write with ``error``; keeps the reasons of the others."""

    def __init__(self, error: Exception) -> None:
        self._errors = [error]
        self.written: list[str] = []

    async def create(self, obj: Manifest, **_options: Any) -> Manifest:
        if self._errors:
            raise self._errors.pop()
        self.written.append(obj["reason"])
        return obj


@pytest.mark.parametrize("error", [InputError("no credentials"), TypeError("not text")])
async def test_an_event_that_cannot_be_written_does_not_keep_others_back(error: Exception) -> None:
    client = Refusing(error)
    home = Home(client, Clock())
    home.say(ABOUT, "First", "lost", component="test")
    home.say(ABOUT, "Second", "told", component="test")
    task = asyncio.create_task(home.write_events())
    async with asyncio.timeout(PATIENCE):
        await home.told()
    home.say(ABOUT, "Third", "told", component="test")
    async with asyncio.timeout(PATIENCE):
        await home.told()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert client.written == ["Second", "Third"]
