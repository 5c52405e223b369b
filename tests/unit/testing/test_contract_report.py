"""The table that the contract suite prints."""

from __future__ import annotations

import pytest

from tests.contract.report import Clause, clause, table

CLAUSES = "tests/contract/test_clauses.py::test_clause"


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        (f"{CLAUSES}[embedded-apply: a set joins]", ("apply", "embedded")),
        (f"{CLAUSES}[real-apply: a set joins]", ("apply", "real")),
        ("tests/contract/test_watch.py::test_a_watch_ends[real]", ("watch", "real")),
        ("tests/contract/test_wire.py::test_it_listens", ("wire", "embedded")),
    ],
)
def test_a_clause_is_of_its_tables_area_or_its_modules(
    nodeid: str, expected: tuple[str, str]
) -> None:
    assert clause(nodeid, "passed") == Clause(*expected, "passed")


def test_the_table_counts_what_either_server_keeps_and_says_who_was_not_asked() -> None:
    given = [
        Clause("apply", "embedded", "passed"),
        Clause("apply", "embedded", "xfailed"),
        Clause("apply", "real", "passed"),
        Clause("apply", "real", "failed"),
        Clause("wire", "embedded", "passed"),
    ]
    assert [line.split() for line in table(given)][1:] == [
        ["apply", "2", "1", "1", "1"],
        ["wire", "1", "1", "-", "0"],
        ["total", "3", "2", "1", "1"],
    ]
