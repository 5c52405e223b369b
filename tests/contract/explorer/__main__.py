"""Explore for long: ``python -m tests.contract.explorer --examples 5000 --seed 1``.

Each difference is shortened, and printed as a clause; the search then goes on, past those like it.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.contract.explorer.clause import text
from tests.contract.explorer.comparing import Difference
from tests.contract.explorer.exploring import Servers, both, first_difference
from tests.contract.explorer.operations import Exploration, sequences
from tests.contract.explorer.subjects import ALL_BUILT_IN, BUILT_IN, Subject
from trueup.testing.kube import kube_programs


class Found(AssertionError):
    def __init__(self, exploration: Exploration, difference: Difference) -> None:
        super().__init__(difference.signature)
        self.exploration = exploration
        self.difference = difference


class Search:
    """``seen``: the signatures of the differences that are known by now."""

    def __init__(
        self, runner: asyncio.Runner, servers: Servers, kinds: tuple[Subject, ...]
    ) -> None:
        self._runner = runner
        self._servers = servers
        self._kinds = kinds
        self.seen: set[str] = set()
        self.sequences = 0
        self.steps = 0

    def round(self, examples: int, number: int) -> Found | None:
        """Tries sequences until one shows a new difference; as few of its steps as still show it."""
        last: Found | None = None

        @seed(number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(sequences(built_in=self._kinds))
        def attempt(exploration: Exploration) -> None:
            nonlocal last
            if last is not None:  # asked once more, to see whether it fails again
                raise last
            self.sequences += 1
            self.steps += len(exploration.steps)
            if self.sequences % 250 == 0:
                print(f"# {self.sequences} sequences", flush=True)
            difference = self._run(exploration)
            if difference is not None and difference.signature not in self.seen:
                last = Found(exploration, difference)
                raise last

        with suppress(Found):
            attempt()
        return last and self._shortened(last)

    def _run(self, exploration: Exploration) -> Difference | None:
        return self._runner.run(first_difference(self._servers, exploration))

    def _shortened(self, found: Found) -> Found:
        """Without the steps that it takes no part in, the last ones first."""
        for at in reversed(range(len(found.exploration.steps))):
            steps = found.exploration.steps
            shorter = replace(found.exploration, steps=steps[:at] + steps[at + 1 :])
            difference = self._run(shorter)
            if difference is not None and difference.signature == found.difference.signature:
                found = Found(shorter, difference)
        return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--examples", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--wide", action="store_true", help="play with more kinds")
    options = arguments.parse_args()
    programs = kube_programs()
    if programs is None:
        raise SystemExit("no kube-apiserver here; `make kube` builds one")
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        running = both(Path(folder), programs)
        servers = runner.run(running.__aenter__())
        try:
            kinds = ALL_BUILT_IN if options.wide else BUILT_IN
            _search(Search(runner, servers, kinds), options)
        finally:
            runner.run(running.__aexit__(None, None, None))


def _search(search: Search, options: argparse.Namespace) -> None:
    begin, number = time.monotonic(), options.seed
    while search.sequences < options.examples:
        left = options.examples - search.sequences
        found = search.round(left, number)
        number += 1
        if found is None:
            break
        search.seen.add(found.difference.signature)
        print(f"\n# {len(search.seen)}. {found.difference}")
        print(text(found.exploration, found.difference), flush=True)
    seconds = time.monotonic() - begin
    print(
        f"{search.sequences} sequences of {search.steps} operations in {seconds:.0f} s:"
        f" {len(search.seen)} differences"
    )


if __name__ == "__main__":
    main()
