"""Runs the ``git`` binary: bounded in time and output, and killed with all that it started."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from trueup.fetch.git.errors import GitError

MAX_OUTPUT = 64 * 1024 * 1024
"""Bytes of standard output that are read: a listing of half a million references."""

_MAX_ERRORS = 64 * 1024
_CHUNK = 64 * 1024
_LIMIT_FILE_SIZE = 'ulimit -f "$1" && shift && exec "$@"'


@dataclass(frozen=True, slots=True)
class Finished:
    """How a git process ended, and what it said."""

    code: int
    out: str
    err: str


async def run_git(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    timeout: float,
    max_file_bytes: int | None = None,
) -> Finished:
    """Runs ``git arguments`` in a process group of its own; every exit ends the whole group.

    Raises GitError if git is missing, does not end in ``timeout`` seconds, or says too much.
    ``max_file_bytes`` bounds each file that git writes: the one way to bound a fetch, as the
    protocol does not announce sizes.
    """
    command = [_git_binary(), *arguments]
    if max_file_bytes is not None:
        blocks = str(-(-max_file_bytes // 512))
        command = ["/bin/sh", "-c", _LIMIT_FILE_SIZE, "sh", blocks, *command]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd="/",
        env=dict(environment),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(timeout):
            return await _finish(process)
    except TimeoutError:
        raise GitError(
            f"no answer within {timeout:g} seconds",
            next_step="check that the server is up, or give it more time (timeout)",
            trouble="timeout",
        ) from None
    finally:
        await _kill_group(process)


def _git_binary() -> str:
    found = shutil.which("git")
    if found is None:
        raise GitError("the git program is not installed", next_step="install git 2.30 or newer")
    return found


async def _finish(process: asyncio.subprocess.Process) -> Finished:
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = await asyncio.gather(
        _read(process.stdout, MAX_OUTPUT), _read_last(process.stderr, _MAX_ERRORS)
    )
    code = await process.wait()
    return Finished(code, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "replace"))


async def _read(stream: asyncio.StreamReader, limit: int) -> bytes:
    chunks, size = [], 0
    while chunk := await stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise GitError(f"the answer is larger than {limit} bytes", trouble="too-large")
        chunks.append(chunk)
    return b"".join(chunks)


async def _read_last(stream: asyncio.StreamReader, limit: int) -> bytes:
    kept = b""
    while chunk := await stream.read(_CHUNK):
        kept = (kept + chunk)[-limit:]
    return kept


async def _kill_group(process: asyncio.subprocess.Process) -> None:
    """Ends what is left of the group; git's own children outlive it when it is killed alone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.returncode is None:
        await asyncio.shield(process.wait())
