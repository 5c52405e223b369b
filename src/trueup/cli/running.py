"""What the long-running verbs share: logs, signals, and a clean end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import click

LEVELS = ("debug", "info", "warning", "error")


def log_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--log-level``, which the verb passes to ``run_until_stopped``."""
    return click.option(
        "--log-level", type=click.Choice(LEVELS), default="info", show_default=True
    )(command)


def run_until_stopped(work: Callable[[], Awaitable[None]], log_level: str) -> None:
    """Run ``work`` until it ends or SIGINT or SIGTERM asks for the end, which then is clean."""
    logging.basicConfig(
        stream=sys.stderr,
        level=log_level.upper(),
        format="%(asctime)s %(levelname)-7s %(message)s",
        datefmt="%H:%M:%S",
    )
    asyncio.run(_run(work))


def collect_garbage_rarely() -> None:
    """To be called once all is started, which from then on is not looked through for garbage.

    Nearly all that is let go here is free at once, without the collector. Looking through what is
    kept as often as Python does by default took 7% of the CPU time with 60 deliveries.
    """
    gc.unfreeze()  # what was kept for a lead or a shard that is lost since
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.ensure_future(work())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        click.echo("stopped", err=True)
