"""The SQLite file: what survives a crash, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""


class Row(NamedTuple):
    """One write; ``data`` None removes the key."""

    bucket: str
    key: str
    revision: int
    data: bytes | None


class Database:
    """Every method but ``__init__`` may be called from one thread at a time only."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # FULL: a write that was answered survives a power cut; batches make it nearly free.
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def revision(self) -> int:
        """The last revision that was given out; 0 in a new file."""
        found = self._connection.execute("SELECT value FROM counter WHERE name='revision'")
        row = found.fetchone()
        return int(row[0]) if row else 0

    def rows(self) -> Iterator[Row]:
        query = "SELECT bucket, key, revision, data FROM objects ORDER BY bucket, key"
        for row in self._connection.execute(query):
            yield Row(*row)

    def write(self, rows: Iterable[Row]) -> None:
        """All of ``rows`` in one transaction, or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            last = 0
            for row in rows:
                self._write_row(row)
                last = row.revision
            self._connection.execute("REPLACE INTO counter VALUES ('revision', ?)", (last,))
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _write_row(self, row: Row) -> None:
        if row.data is None:
            query = "DELETE FROM objects WHERE bucket=? AND key=?"
            self._connection.execute(query, (row.bucket, row.key))
        else:
            self._connection.execute("REPLACE INTO objects VALUES (?, ?, ?, ?)", row)

    def close(self) -> None:
        self._connection.close()
