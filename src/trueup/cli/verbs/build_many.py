"""``trueup build-many``: many renders in one process, asked and answered as JSON lines."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import Any, BinaryIO

import click
import orjson

from trueup.cli.rendering.dispatch import render, render_options
from trueup.cli.rendering.options import RenderCommand
from trueup.cli.rendering.place import STDIN, readable
from trueup.errors import InputError, TrueupError, of_defect

MAX_LINE = 1024 * 1024
"""Bytes of one question."""


@click.command("build-many")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Renders under way at once; as many as there are processors, if not given.",
)
def command(jobs: int | None) -> None:
    """Answer a question on each line of stdin with a line on stdout.

    \b
    A question  {"id": ..., "dir": "overlays/prod", "flags": ["--reorder", "none"]}
    An answer   {"id": ..., "yaml": "..."}  or  {"id": ..., "error": "..."}

    The flags are those of "trueup build". Answers come as they are finished, which may be in
    another order; what was read and parsed for one is not parsed again for others. A line that is
    no question is answered with its number and what is wrong with it, and the next one is read.

    Exits with 0 at the end of stdin, whatever the answers were.
    """
    questions, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO())  # not for "--values -"
    try:
        _Session(sys.stdout.buffer, jobs or os.cpu_count() or 1).run(questions.buffer)
    finally:
        sys.stdin = questions


@click.command("build", cls=RenderCommand, add_help_option=False)
@render_options
def _flags(**_: object) -> None:
    """Reads the flags of one question."""


@dataclass(frozen=True, slots=True)
class _Question:
    id: Any
    folder: str
    flags: list[str]

    @classmethod
    def parse(cls, value: Any) -> _Question:
        """The question that ``value`` asks; InputError says what is wrong with it."""
        folder, flags = value.get("dir"), value.get("flags", [])
        if not isinstance(folder, str):
            raise InputError('"dir" is no text', next_step="name a folder")
        if folder == STDIN:
            raise InputError("stdin is where the questions come from", next_step="name a folder")
        if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
            raise InputError('"flags" is no list of texts', next_step='write ["--name", "value"]')
        unknown = sorted(set(value) - {"id", "dir", "flags"})
        if unknown:
            raise InputError(f"unknown field {unknown[0]}", next_step="use id, dir and flags")
        return cls(value.get("id"), folder, flags)


class _Session:
    """Reads ahead no further than the renders under way and one for each in waiting."""

    def __init__(self, output: BinaryIO, jobs: int) -> None:
        self._output = output
        self._writing = Lock()
        self._places = BoundedSemaphore(2 * jobs)
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="build")

    def run(self, questions: BinaryIO) -> None:
        try:
            for number, line in _lines(questions):
                self._places.acquire()
                self._pool.submit(self._answer, number, line).add_done_callback(self._release)
            self._pool.shutdown()
        except KeyboardInterrupt:
            self._pool.shutdown(wait=False, cancel_futures=True)
            raise click.exceptions.Exit(130) from None

    def _release(self, _future: object) -> None:
        self._places.release()

    def _answer(self, number: int, line: bytes | None) -> None:
        found = _encoded(_answer(number, line))
        with self._writing:
            try:
                self._output.write(found)
                self._output.flush()
            except (BrokenPipeError, ValueError):
                os._exit(141)  # nobody reads any more, and nothing here is worth finishing


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines of ``stream`` that are not blank, numbered; None for one that is too long."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE:
            if line.strip():
                yield number, line
            continue
        while not line.endswith(b"\n") and (line := stream.readline(MAX_LINE)):
            pass
        yield number, None


def _encoded(answer: dict[str, Any]) -> bytes:
    """A line of JSON; bytes of names that are no UTF-8 are written as escapes."""
    try:
        return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        plain = {
            key: value.encode(errors="backslashreplace").decode() if type(value) is str else value
            for key, value in answer.items()
        }
        return orjson.dumps(plain, option=orjson.OPT_APPEND_NEWLINE)


def _answer(number: int, line: bytes | None) -> dict[str, Any]:
    """The answer to one line; nothing that goes wrong with it reaches the others."""
    about: dict[str, Any] = {"id": None, "line": number}
    try:
        if line is None:
            raise InputError(f"is longer than {MAX_LINE} bytes", next_step="ask for less at once")
        value = _decoded(line)
        if "id" in value:
            about = {"id": value["id"]}
        return about | {"yaml": _rendered(_Question.parse(value))}
    except TrueupError as error:
        return about | {"error": readable(str(error))}
    except click.UsageError as error:
        return about | {"error": error.format_message()}
    except Exception as error:
        return about | {"error": str(of_defect(error, "rendering"))}


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"is not JSON: {error}", next_step="write one JSON object a line"
        ) from error
    if not isinstance(value, dict):
        raise InputError("is not a JSON object", next_step='write {"id", "dir", "flags"}')
    return value


def _rendered(question: _Question) -> str:
    return render(_flags.make_context("build", list(question.flags)), question.folder).text
