"""What a kubelet and a scraper are told about a process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest

from trueup.cli.probes import address
from trueup.controllers.metrics import Metric, Sample, text_of
from trueup.controllers.probes import Probes
from trueup.errors import InputError


async def test_it_lives_while_it_is_not_ready() -> None:
    async with asking(Probes()) as get:
        assert (await get("/healthz"), (await get("/readyz"))[0]) == ((200, "ok"), 503)


async def test_it_is_ready_when_every_check_holds() -> None:
    probes = Probes()
    with probes.telling("election", holds, nothing), probes.telling("controllers", holds, nothing):
        async with asking(probes) as get:
            status, text = await get("/readyz")
    assert (status, text) == (200, "[+]election ok\n[+]controllers ok\nreadyz check passed\n")


async def test_it_says_what_keeps_it_from_being_ready() -> None:
    probes = Probes()
    with probes.telling("election", lambda: "no answer", nothing):
        async with asking(probes) as get:
            status, text = await get("/readyz")
    assert (status, text) == (503, "[-]election: no answer\nreadyz check failed\n")


async def test_a_part_that_is_gone_is_asked_no_more() -> None:
    probes = Probes()
    with probes.telling("election", holds, nothing):
        with probes.telling("controllers", lambda: "not listed yet", nothing):
            pass
        assert probes.readiness()[0]


async def test_metrics_hold_those_of_every_part_and_of_the_process() -> None:
    probes = Probes()
    with probes.telling("election", holds, lambda: [Metric.of("trueup_leader", "Leads.", True)]):
        async with asking(probes) as get:
            status, text = await get("/metrics")
    assert status == 200
    assert {"trueup_leader 1", "trueup_ready 1"} <= set(text.splitlines())
    assert "process_cpu_seconds_total " in text


def test_what_several_parts_tell_under_one_name_stands_together() -> None:
    parts = [Metric("x", "Some x.", (Sample(n, {"shard": str(n)}),)) for n in range(2)]
    text = text_of([parts[0], Metric.of("y", "Some y.", 1), parts[1]])
    assert text.splitlines()[:4] == [
        "# HELP x Some x.",
        "# TYPE x gauge",
        'x{shard="0"} 0',
        'x{shard="1"} 1',
    ]


def test_a_metric_is_written_as_prometheus_reads_it() -> None:
    samples = (Sample(2, {"kind": 'a"b\\c\nd', "ready": "True"}), Sample(0.5))
    assert text_of([Metric("x", "Some x.", samples)]) == (
        '# HELP x Some x.\n# TYPE x gauge\nx{kind="a\\"b\\\\c\\nd",ready="True"} 2\nx 0.5\n'
    )


async def test_a_port_that_is_taken_is_named() -> None:
    async with Probes().serving("127.0.0.1", 0) as port:
        with pytest.raises(InputError, match=f"127.0.0.1:{port}.*in use"):
            async with Probes().serving("127.0.0.1", port):
                pass


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("8080", ("127.0.0.1", 8080)),
        ("0.0.0.0:8080", ("0.0.0.0", 8080)),
        ("fd00::7:8080", ("fd00::7", 8080)),
        ("[fd00::7]:8080", ("fd00::7", 8080)),
    ],
)
def test_an_address_is_read_as_a_pod_gives_it(text: str, meant: tuple[str, int]) -> None:
    assert address(text) == meant


def holds() -> str:
    return ""


def nothing() -> list[Metric]:
    return []


@asynccontextmanager
async def asking(probes: Probes) -> AsyncIterator[Callable]:
    async with probes.serving("127.0.0.1", 0) as port, aiohttp.ClientSession() as session:

        async def get(path: str) -> tuple[int, str]:
            async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.status, await answer.text()

        yield get
