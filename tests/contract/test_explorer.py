"""The same random sequences of operations on both servers come to the same.

A few, always the same; ``make explore`` goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, note, settings

from tests.contract.explorer.clause import text
from tests.contract.explorer.exploring import both, first_difference
from tests.contract.explorer.operations import Exploration, sequences
from trueup.testing.kube import HOUSEKEEPER, kube_programs

Explore = Callable[[Exploration], None]


@pytest.fixture(scope="module")
def explore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explore]:
    """Tries a sequence on both servers, and shows as a clause where they part."""
    programs = kube_programs(HOUSEKEEPER) or pytest.skip("no kube-apiserver; `make kube` builds it")
    with asyncio.Runner() as runner:
        running = both(tmp_path_factory.mktemp("explorer"), programs)
        servers = runner.run(running.__aenter__())

        def run(exploration: Exploration) -> None:
            difference = runner.run(first_difference(servers, exploration))
            if difference is not None:
                note(f"As a clause:\n{text(exploration, difference)}")
            assert difference is None, str(difference)

        yield run
        runner.run(running.__aexit__(None, None, None))


@settings(
    max_examples=25,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=False,
    report_multiple_bugs=False,
)
@given(sequences(most=8))
def test_both_servers_answer_the_same_to_the_same(
    explore: Explore, exploration: Exploration
) -> None:
    explore(exploration)
