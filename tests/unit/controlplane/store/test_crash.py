"""A process that is killed in the middle of writing has lost nothing that it had reported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from trueup.controlplane.store import Store

WRITER = """
import asyncio, sys
from pathlib import Path
from trueup.controlplane.store import Store
from trueup.controlplane.store.entry import Encoded

async def write(store, writer):
    number = 0
    while True:
        key = f"{writer}-{number:05}"
        entry = await store.put("b", key, None, lambda r: Encoded(key.encode() * 20, {}))
        if number % 3 == 2:
            await store.remove("b", key, entry, lambda r: Encoded(b"", {}))
        else:
            print(key, entry.revision, flush=True)
        number += 1

async def main():
    store = Store(Path(sys.argv[1]), lambda data: {})
    await asyncio.gather(*(write(store, writer) for writer in range(20)))

asyncio.run(main())
"""


def reported_until_killed(database: Path, lines: int) -> dict[str, int]:
    """Revisions by key, as far as the writer reported them before it was killed."""
    command = [sys.executable, "-c", WRITER, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        reported = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        reported += process.stdout.readlines()
    pairs = [line.split() for line in reported if line.endswith("\n")]
    return {key: int(revision) for key, revision in pairs}


async def test_all_that_was_reported_is_there_after_kill_9(tmp_path: Path) -> None:
    reported = reported_until_killed(tmp_path / "test.db", lines=500)
    store = Store(tmp_path / "test.db", lambda data: {})
    found = {entry.key: entry.revision for entry in store.bucket("b").entries()}
    assert reported.items() <= found.items()
    assert store.revision >= max(found.values())
    assert all(e.data == e.key.encode() * 20 for e in store.bucket("b").entries())
    await store.close()
