"""The SQLite file: what survives a crash, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from trueup.errors import StoreError

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
        """StoreError if another process has the file open, or it is no database of ours."""
        self._path = path
        try:
            self._connection = sqlite3.connect(
                path, timeout=1, isolation_level=None, check_same_thread=False
            )
            self._prepare()
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _prepare(self) -> None:
        # Exclusive, and taken at once: a second process would not see our writes.
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        # FULL: a write that was answered survives a power cut; batches make it nearly free.
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("BEGIN EXCLUSIVE")
        self._connection.execute("COMMIT")
        self._connection.executescript(_SCHEMA)

    def _unusable(self, error: sqlite3.Error) -> StoreError:
        subject = str(self._path)
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            cause = "the database is in use by another process"
            return StoreError(cause, subject=subject, next_step="stop that, or use another folder")
        cause = f"the database cannot be used: {error}"
        step = "move the file away to start anew, or put back a copy of it"
        return StoreError(cause, subject=subject, next_step=step)

    def revision(self) -> int:
        """The last revision that was given out; 0 in a new file."""
        found = self._connection.execute("SELECT value FROM counter WHERE name='revision'")
        row = found.fetchone()
        return int(row[0]) if row else 0

    def rows(self) -> Iterator[Row]:
        """All that is stored, by bucket and key; StoreError where the file is damaged."""
        query = "SELECT bucket, key, revision, data FROM objects ORDER BY bucket, key"
        try:
            for row in self._connection.execute(query):
                yield Row(*row)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

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
