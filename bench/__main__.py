"""Starts everything, measures, and prints ratios taken in one run: ``python -m bench``."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import orjson

from bench import measures, report
from bench.render import __main__ as rendering
from bench.system import running
from bench.workload import NAMESPACE, Workload


def main() -> None:
    """Options say how large; a small run takes seconds. ``render`` is a benchmark of its own."""
    if sys.argv[1:2] == ["render"]:
        rendering.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=100, help="of 4 objects each")
    parser.add_argument("--drifts", type=int, default=50, help="changes by hand to undo")
    parser.add_argument("--quiet", type=float, default=10, metavar="S", help="seconds of idling")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="removed at the start")
    options = parser.parse_args()
    results = asyncio.run(_measure(options))
    print(report.table(results))
    if options.json:
        options.json.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))


async def _measure(options: argparse.Namespace) -> dict[str, Any]:
    folder: Path = options.folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _say(f"making a repository with {options.deliveries} folders")
    workload = Workload(folder, options.deliveries)
    async with running(folder) as system:
        _say("baseline: the API server alone")
        alone = await measures.baseline(system, 400)
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        await system.client.create(namespace, field_manager="bench")
        memory = measures.resident_bytes()
        _say("bringing everything live")
        live = await measures.bring_live(system, workload)
        await system.controllers.home.told()
        memory = measures.resident_bytes() - memory
        _say("changing things by hand")
        drifts = await measures.correct_drift(system, workload, options.drifts)
        _say(f"idling for {options.quiet:g} s")
        idle = await measures.idle(system, options.quiet)
        _say("committing a change of one folder")
        commit = await measures.commit(system, workload)
    return report.results(workload, alone, live, memory, drifts, idle, commit)


def _say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
