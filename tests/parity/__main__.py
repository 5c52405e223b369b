"""The proof: ``python -m tests.parity [--tool TOOL] [--update] [--flags FLAGS] [FOLDER ...]``.

Renders every case with Trueup and with the real tool, and says where they part. ``FOLDER`` is a
folder of cases, or any other, whose directories then are the cases (with FLAGS for both). Ends with 1
where a difference is not explained, and where a record is not what the two say; ``--update`` writes
the records anew.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.parity.cases import CASES, Case, Outcome, folders, load, record, tool_of
from tests.parity.comparing import Likeness, Verdict, judge
from tests.parity.rendering import by_the_tool, by_trueup
from tests.parity.tools import TOOLS, Tool
from tests.parity.wild import wild_cases

_BUILD = Path(__file__).parents[2] / "testenv" / "tools.sh"


@dataclass
class Comparison:
    """What came of one tool; ``missing``: why the real one is not there."""

    tool: Tool
    verdicts: list[Verdict] = field(default_factory=list)
    missing: str = ""
    version: str = ""


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    flags = tuple(shlex.split(given.flags))
    comparisons = []
    for name, cases in _cases(given.folders or [CASES], given.tool, flags).items():
        comparison = compare(TOOLS[name], cases, update=given.update)
        report(comparison)
        comparisons.append(comparison)
    print(table(comparisons))
    failed = any(verdict.complaints for found in comparisons for verdict in found.verdicts)
    return int(failed or not comparisons)


def compare(tool: Tool, cases: list[Case], *, update: bool) -> Comparison:
    """Renders ``cases`` both ways: the real tool's processes side by side."""
    built = subprocess.run([_BUILD, tool.name], stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode:
        return Comparison(tool, missing="it can neither be found nor built here")
    _, version, program = built.stdout.split(maxsplit=2)
    comparison = Comparison(tool, version=version)
    by_tool = partial(by_the_tool, tool, Path(program.strip()))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for case, of_tool in zip(cases, pool.map(by_tool, cases), strict=True):
            of_trueup = _by_trueup_or_crash(tool, case)
            if update:
                record(case, of_tool, of_trueup, tool.suffix)
            verdict = judge(tool, case, of_tool, of_trueup)
            if verdict.likeness is Likeness.NONE and by_tool(case).printed != of_tool.printed:
                verdict = Verdict(case, Likeness.CHANCE, ())
            comparison.verdicts.append(verdict)
    return comparison


def _by_trueup_or_crash(tool: Tool, case: Case) -> Outcome:
    try:
        return by_trueup(tool, case)
    except Exception as error:
        return Outcome(error=repr(error), is_crash=True)


def report(comparison: Comparison) -> None:
    if comparison.missing:
        print(f"SKIPPED {comparison.tool.name}: {comparison.missing}", file=sys.stderr)
    for verdict in comparison.verdicts:
        for complaint in verdict.complaints:
            print(
                f"{comparison.tool.name}: {verdict.case.name} ({verdict.case.folder}): {complaint}"
            )


def table(comparisons: Iterable[Comparison]) -> str:
    """One line for each tool."""
    columns = (
        "tool",
        "version",
        "cases",
        *(each.value for each in Likeness),
        "meant",
        "unexplained",
    )
    rows = [columns, *(_row(comparison) for comparison in comparisons)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(columns))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(comparison: Comparison) -> tuple[str, ...]:
    verdicts = comparison.verdicts
    counts = [sum(verdict.likeness is each for verdict in verdicts) for each in Likeness]
    meant = sum(verdict.is_meant for verdict in verdicts)
    unexplained = sum(bool(verdict.complaints) for verdict in verdicts)
    numbers = (len(verdicts), *counts, meant, unexplained)
    return (comparison.tool.name, comparison.version or "missing", *map(str, numbers))


def _cases(roots: list[Path], tool: str | None, flags: tuple[str, ...]) -> dict[str, list[Case]]:
    """The cases of each tool, or only of ``tool``."""
    found: dict[str, list[Case]] = {}
    for root in roots:
        if root.resolve().is_relative_to(CASES):
            for folder in folders(root):
                found.setdefault(tool_of(folder), []).append(load(folder))
        else:
            for each in TOOLS.values():
                found.setdefault(each.name, []).extend(wild_cases(each, root, flags))
    return {name: cases for name, cases in found.items() if cases and tool in (None, name)}


def _absolute(text: str) -> Path:
    """The real tools run in the folder of their case."""
    return Path(text).resolve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.parity")
    parser.add_argument("--tool", choices=sorted(TOOLS))
    parser.add_argument("--update", action="store_true", help="write the records anew")
    parser.add_argument("--flags", default="", help="for both, where FOLDER has no cases of ours")
    parser.add_argument("folders", nargs="*", type=_absolute, metavar="FOLDER")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
