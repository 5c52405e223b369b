"""Jsonnet in a worker process, by the library that the ``jsonnet`` program is made of.

The parent sends all files that the evaluation may read, so that the worker needs none of its own.
"""

from __future__ import annotations

import marshal
import re
from importlib.util import find_spec
from typing import Any

from trueup.errors import MissingExtra, RenderError, SandboxError
from trueup.render.jsonnet import Bundle
from trueup.sandbox.limits import MEBIBYTE, Limits
from trueup.sandbox.pool import Pool

LIMITS = Limits(
    wall_seconds=30, cpu_seconds=20, memory_bytes=768 * MEBIBYTE, output_bytes=32 * MEBIBYTE
)

_AT = r"(?:\((?P<first>\d+):\d+\)-\(\d+:\d+\)|(?P<line>\d+):\d+(?:-\d+)?)"
_PLACE = re.compile(rf"^(?P<file>[^\t\n]*?):{_AT}", re.MULTILINE)
_PLACES = re.compile(r"^(?:\S*:(?:\(\d+:\d+\)-\(\d+:\d+\)|\d+:\d+(?:-\d+)?) )+")
_RUNTIME = re.compile(r"RUNTIME ERROR: ")


class JsonnetWorkers:
    """Evaluates in worker processes; for several threads. It is the port ``Evaluator``."""

    def __init__(self, size: int = 2, limits: Limits = LIMITS) -> None:
        if find_spec("_gojsonnet") is None:
            raise MissingExtra("Jsonnet is not installed", next_step="install trueup[jsonnet]")
        self._pool = Pool(size, limits)

    def __call__(self, bundle: Bundle) -> str:
        try:
            return self._pool.call(f"{__name__}:answer", _packed(bundle)).decode()
        except SandboxError as error:
            error.subject = error.subject or bundle.main
            raise

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


def _packed(bundle: Bundle) -> bytes:
    """``bundle`` for the worker, which is the same Python."""
    request = bundle.request
    settings = {
        "max_stack": request.max_stack,
        "tla_vars": dict(request.arguments),
        "tla_codes": dict(request.argument_codes),
        "ext_vars": dict(request.variables),
        "ext_codes": dict(request.variable_codes),
    }
    return marshal.dumps((bundle.main, dict(bundle.files), dict(bundle.imports), settings))


def answer(packed: bytes) -> bytes:
    """In the worker: the JSON text of what the main file is; RenderError if Jsonnet refuses it."""
    main, files, imports, settings = marshal.loads(packed)  # noqa: S302 - from our own parent
    return _Evaluation(main, files, imports).run(settings)


class _Evaluation:
    def __init__(
        self, main: str, files: dict[str, bytes], imports: dict[tuple[str, str], str]
    ) -> None:
        self._main = main
        self._files = files
        self._imports = imports
        self._missing: RenderError | None = None

    def run(self, settings: dict[str, Any]) -> bytes:
        import _gojsonnet

        try:
            text: str = _gojsonnet.evaluate_snippet(
                self._main, self._text(), import_callback=self._read, **settings
            )
        except RuntimeError as error:
            raise self._missing or _refusal(str(error), self._main) from None
        if self._missing is not None:
            raise self._missing
        return text.encode()

    def _text(self) -> str:
        try:
            return self._files[self._main].decode()
        except UnicodeDecodeError:
            raise RenderError("is not UTF-8 text", subject=self._main) from None

    def _read(self, folder: str, path: str) -> tuple[str, bytes]:
        """What an import is. That there is none is told in the end: errors from here come garbled."""
        name = self._imports.get((folder, path))
        if name is not None:
            return name, self._files[name]
        self._missing = RenderError(
            f"imports {path}, which is neither beside it nor in a library",
            subject=folder or self._main,
            next_step="correct the path, or name the folder of the library",
        )
        return path, b"null"


def _refusal(told: str, main: str) -> RenderError:
    """What the library said, with the place as the subject, and without the stack.

    It is ``RUNTIME ERROR: <text>`` with lines of the stack, each begun by a tab, or
    ``<place> <text>`` with the line of the source behind an empty one.
    """
    what, _, trace = told.partition("\n\t")
    if _RUNTIME.match(what):
        place = _PLACE.search(trace)
        what = _RUNTIME.sub("", what)
    else:
        what = what.partition("\n\n")[0]
        place = _PLACE.match(what)
        what = _PLACES.sub("", what)
    line = "" if place is None else f"line {place['line'] or place['first']}: "
    file = main if place is None else place["file"]
    return RenderError(f"{line}{' '.join(what.split())}", subject=file)
