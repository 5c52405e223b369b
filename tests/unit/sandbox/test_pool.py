"""One call in a worker cannot harm the program, nor the next call."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trueup.errors import RenderError, SandboxError, TrueupError
from trueup.sandbox.limits import Limits
from trueup.sandbox.pool import Pool

MIB = 1024 * 1024
PATIENT = Limits(wall_seconds=60, cpu_seconds=30, memory_bytes=256 * MIB, output_bytes=MIB)


def ask(pool: Pool, name: str, payload: bytes = b"") -> bytes:
    return pool.call(f"tests.unit.sandbox.misbehaving:{name}", payload)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1, PATIENT) as one:
        yield one


def test_it_gives_what_the_function_gives(pool: Pool) -> None:
    assert ask(pool, "echo", b"\0any bytes\n" * 50_000) == b"\0any bytes\n" * 50_000


def test_a_worker_stays_warm(pool: Pool) -> None:
    assert ask(pool, "process_id") == ask(pool, "process_id")


def test_it_is_another_process(pool: Pool) -> None:
    assert int(ask(pool, "process_id")) != os.getpid()


def test_a_loop_ends_with_its_cpu_time() -> None:
    with Pool(1, Limits(cpu_seconds=1)) as pool:
        with pytest.raises(SandboxError, match="more than 1 seconds of CPU time") as caught:
            ask(pool, "loop")
        assert caught.value.limit == "CPU time"


def test_one_that_idles_ends_by_the_clock() -> None:
    with Pool(1, Limits(wall_seconds=0.5)) as pool:
        with pytest.raises(SandboxError, match=r"not done within 0\.5 seconds") as caught:
            ask(pool, "sleep")
        assert caught.value.limit == "wall clock"


def test_one_that_fills_memory_ends(pool: Pool) -> None:
    with pytest.raises(SandboxError, match="more than 256 MiB of memory"):
        ask(pool, "fill_memory")


def test_an_answer_that_is_too_large_is_not_taken(pool: Pool) -> None:
    with pytest.raises(SandboxError, match="more than 1048576 bytes"):
        ask(pool, "say_much", str(MIB + 1).encode())


@pytest.mark.parametrize(
    ("name", "how"), [("crash", "SIGSEGV"), ("abort", "SIGABRT"), ("leave", "exit code 3")]
)
def test_one_that_crashes_tells_how(pool: Pool, name: str, how: str) -> None:
    with pytest.raises(SandboxError, match=re.escape(f"died ({how})")):
        ask(pool, name)


@pytest.mark.parametrize("name", ["crash", "fill_memory", "say_much", "refuse"])
def test_the_next_call_goes_well(pool: Pool, name: str) -> None:
    with pytest.raises(TrueupError):
        ask(pool, name, str(2 * MIB).encode())
    assert ask(pool, "echo", b"well") == b"well"


def test_a_worker_that_holds_much_memory_is_replaced(pool: Pool) -> None:
    greedy = ask(pool, "hold_memory", str(200 * MIB).encode())
    assert ask(pool, "process_id") != greedy


def test_an_input_error_comes_back_as_it_was(pool: Pool) -> None:
    with pytest.raises(RenderError) as caught:
        ask(pool, "refuse")
    assert str(caught.value) == "a.yaml: it is wrong; write it right"


def test_a_defect_comes_back_without_its_text(pool: Pool) -> None:
    with pytest.raises(TrueupError, match=r"unknown to Trueup \(KeyError\)") as caught:
        ask(pool, "fail")
    assert "hunter2" not in str(caught.value)


def test_what_is_printed_does_not_get_into_the_answer(pool: Pool) -> None:
    assert ask(pool, "print_much") == b"done"


def test_a_worker_has_no_environment_of_the_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRUEUP_TOKEN", "hunter2")
    with Pool(1, PATIENT, {"ONLY": "this"}) as pool:
        names = set(ask(pool, "environment").decode().split())
    assert names - {"LC_CTYPE"} == {"ONLY"}  # Python itself sets the other one


def test_a_worker_has_no_file_of_the_parent(pool: Pool) -> None:
    before = ask(pool, "open_files")
    with Path(os.devnull).open() as file:
        os.set_inheritable(file.fileno(), True)
        with Pool(1, PATIENT) as other:
            assert ask(other, "open_files") == before


def test_a_worker_writes_no_file(pool: Pool, tmp_path: Path) -> None:
    assert ask(pool, "write_file", f"{tmp_path}/file".encode()) == b"File too large"


def test_a_worker_has_no_network(pool: Pool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = ask(pool, "connect", str(server.getsockname()[1]).encode())
    if said == b"connected":
        pytest.skip("no process may leave the network here: the system forbids unshare")
    assert said == b"Network is unreachable"


def test_several_threads_share_the_workers() -> None:
    payloads = [str(number).encode() * 1000 for number in range(40)]
    with Pool(2, PATIENT) as pool, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda it: ask(pool, "echo", it), payloads)) == payloads


def test_no_more_workers_run_than_the_pool_has_room_for() -> None:
    with Pool(2, PATIENT) as pool, ThreadPoolExecutor(8) as threads:
        seen = set(threads.map(lambda _: ask(pool, "process_id"), range(40)))
    assert len(seen) <= 2


def test_a_pool_that_is_closed_refuses_calls() -> None:
    pool = Pool(1, PATIENT)
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        ask(pool, "echo")
