"""What became of the clauses, as a table: per area, on either server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_KEPT, _KNOWN = "passed", "xfailed"
OUTCOMES = (_KEPT, _KNOWN, "failed", "error", "skipped")


class Clause(NamedTuple):
    """One clause on one server; ``outcome`` is one of ``OUTCOMES``."""

    area: str
    server: str
    outcome: str


def clause(nodeid: str, outcome: str) -> Clause:
    """From a test's id: a case of a table is of the area of its file, others of their module's.

    A test that is not of both servers is of the embedded one.
    """
    module, _, name = nodeid.partition("::")
    parameter = name.partition("[")[2]
    server = "real" if parameter.startswith("real") else "embedded"
    area = module.rpartition("/")[2].removeprefix("test_").removesuffix(".py")
    if area == "clauses" and ": " in parameter:
        area = parameter.partition("-")[2].partition(": ")[0]
    return Clause(area, server, outcome)


def table(clauses: Iterable[Clause]) -> Iterator[str]:
    """Lines: area, clauses, kept by either server, known differences; the last is the totals.

    A dash is where a server was not asked.
    """
    counts = Counter(clauses)
    areas = sorted({each.area for each in counts})
    width = max(map(len, [*areas, "total"]))
    heads = ("clauses", "embedded keeps", "kube-apiserver keeps", "known differences")
    yield "  ".join(["area".ljust(width), *heads])
    rows = {area: _row(counts, area) for area in areas}
    rows["total"] = [
        sum(cell or 0 for cell in column) for column in zip(*rows.values(), strict=True)
    ]
    for area, row in rows.items():
        shown = ["-" if cell is None else str(cell) for cell in row]
        cells = (cell.rjust(len(head)) for cell, head in zip(shown, heads, strict=True))
        yield "  ".join([area.ljust(width), *cells])


def _row(counts: Counter[Clause], area: str) -> list[int | None]:
    def of(server: str, *outcomes: str) -> int:
        return sum(counts[Clause(area, server, outcome)] for outcome in outcomes)

    every = {server: of(server, *OUTCOMES) for server in ("embedded", "real")}
    kept = [of(server, _KEPT) if every[server] else None for server in every]
    return [max(every.values()), *kept, of("embedded", _KNOWN) + of("real", _KNOWN)]
