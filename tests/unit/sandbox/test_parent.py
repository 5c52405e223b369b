"""Workers never outlive the program that started them."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from trueup.sandbox.pool import Pool

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with parents")

PROGRAM = """
from trueup.sandbox.pool import Pool
pool = Pool(1)
print(pool.call("tests.unit.sandbox.misbehaving:process_id", b"").decode(), flush=True)
pool.call("tests.unit.sandbox.misbehaving:{name}", b"")
"""


def ends(worker: int) -> bool:
    return bool(select.select([worker], [], [], 60)[0])


@linux
@pytest.mark.parametrize("busy", ["loop", "sleep"])
def test_a_busy_worker_dies_with_a_parent_that_is_killed(busy: str) -> None:
    path = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-c", PROGRAM.format(name=busy)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": path}) as parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    assert ends(worker)
    os.close(worker)


@linux
def test_an_idle_worker_ends_with_its_pool() -> None:
    pool = Pool(1)
    worker = os.pidfd_open(
        int(pool.call("tests.unit.sandbox.misbehaving:process_id", b"").decode())
    )
    pool.close()
    assert ends(worker)
    os.close(worker)


@linux
def test_a_worker_outlives_the_thread_that_asked_first() -> None:
    with Pool(1) as pool:
        ask = ("tests.unit.sandbox.misbehaving:process_id", b"")
        with ThreadPoolExecutor(1) as thread:
            first = thread.submit(pool.call, *ask).result()
        assert pool.call(*ask) == first
