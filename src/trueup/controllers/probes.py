"""Whether this process lives and is ready, and its numbers, over HTTP: for a kubelet and a scraper.

``/healthz`` answers as long as the event loop turns. ``/readyz`` answers 200 once every check
holds, and else names what is missing. ``/metrics`` is for Prometheus. Nothing here is secret, and
nobody is asked who he is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web

from trueup.controllers.metrics import CONTENT_TYPE, Metric, process_metrics, text_of
from trueup.errors import InputError

Check = Callable[[], str]
"""What is missing; empty if nothing is."""

Measure = Callable[[], Iterable[Metric]]


class Probes:
    """What is checked and measured at present, by name; parts of the process come and go."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._measures: dict[str, Measure] = {}

    @contextmanager
    def telling(self, name: str, check: Check, measure: Measure) -> Iterator[None]:
        """Ask both for as long as the block runs."""
        self._checks[name], self._measures[name] = check, measure
        try:
            yield
        finally:
            del self._checks[name], self._measures[name]

    def readiness(self) -> tuple[bool, str]:
        """Whether all is there, and a line for each check, as the API server writes them."""
        missing = {name: check() for name, check in self._checks.items()}
        lines = [f"[-]{name}: {why}" if why else f"[+]{name} ok" for name, why in missing.items()]
        is_ready = bool(missing) and not any(missing.values())
        verdict = "readyz check passed" if is_ready else "readyz check failed"
        return is_ready, "\n".join([*lines, verdict, ""])

    def metrics(self) -> list[Metric]:
        """All there is to tell."""
        is_ready, _ = self.readiness()
        ready = Metric.of("trueup_ready", "Whether the process is ready.", is_ready)
        asked = [metric for measure in self._measures.values() for metric in measure()]
        return [ready, *asked, *process_metrics()]

    @asynccontextmanager
    async def serving(self, host: str, port: int) -> AsyncIterator[int]:
        """Answer there for as long as the block runs; port 0 is a free one. Gives the port.

        Raises InputError where nobody can listen.
        """
        app = web.Application(client_max_size=1024)
        app.router.add_get("/healthz", _alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._scraped)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await _listen(runner, host, port)
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()

    async def _ready(self, request: web.Request) -> web.Response:
        is_ready, text = self.readiness()
        return web.Response(text=text, status=200 if is_ready else 503)

    async def _scraped(self, request: web.Request) -> web.Response:
        body = text_of(self.metrics()).encode()
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})


async def _alive(request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise InputError(
            f"cannot listen for probes: {error.strerror or error}",
            subject=f"{host}:{port}",
            next_step="choose another --health-address",
        ) from error
