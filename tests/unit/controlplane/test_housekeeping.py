"""Housekeeping goes on after a defect, and the log has it."""

from __future__ import annotations

import asyncio

import pytest

from trueup.controlplane.housekeeping.housekeeping import keep_going


class Failing:
    """Fails at its first run; the second ends the test."""

    def __init__(self) -> None:
        self.runs = 0

    async def run(self) -> None:
        self.runs += 1
        if self.runs == 1:
            raise KeyError("spec")
        raise asyncio.CancelledError


async def test_a_controller_that_fails_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    controller = Failing()
    with pytest.raises(asyncio.CancelledError):
        await keep_going(controller, pause=0)
    assert controller.runs == 2
    assert "Failing failed, again in 0 s" in caplog.text
