"""The ``helm`` program: the other way to render charts, where the library is not wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from trueup.errors import RenderError, SandboxError
from trueup.render.helm.arranging import hook_of, is_hook, piece_of
from trueup.render.helm.checking import check
from trueup.render.helm.ignore import IGNORE_FILE
from trueup.render.helm.packing import files_of
from trueup.render.helm.request import ChartRendering, ChartRequest, Piece
from trueup.sandbox.helm import HELM_LIMITS, settings_of_go, shortened
from trueup.sandbox.limits import Limits
from trueup.sandbox.program import run_program
from trueup.tree import clean_path

_SOURCE = re.compile(r"^---\n# Source: (.*)\n", re.MULTILINE)
_CRD = re.compile(r"[^/]+(?:/charts/[^/]+)*/crds/")
_ERROR = b"Error: "
"""What Helm refuses it says behind this word; where there is none, something ended it."""
_ADVICE = "\n\nUse --debug flag to render out invalid YAML"


class ProgramRenderer:
    """A ``ChartRenderer`` on ``program``, which is Helm 4, one process for each rendering.

    The chart is written into a folder of its own, which is gone afterwards. Helm finds no settings,
    plugins, caches or credentials there, and no network where the system allows that.
    """

    def __init__(self, program: Path, limits: Limits = HELM_LIMITS) -> None:
        self._program = program
        self._limits = limits

    def render(self, request: ChartRequest) -> ChartRendering:
        """See ``ChartRenderer``. The notes of a chart it cannot tell."""
        check(request)
        try:
            with TemporaryDirectory(prefix="trueup-helm-") as folder:
                return _taken_apart(self._printed(request, Path(folder)))
        except (RenderError, SandboxError) as error:
            error.subject = error.subject or request.chart.name
            raise

    def _printed(self, request: ChartRequest, folder: Path) -> str:
        files, _ = files_of(request)
        for path, content in files:
            if path == IGNORE_FILE:  # it has had its effect, and might hide the guard
                continue
            target = folder.joinpath("chart", *clean_path(path))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (folder / "values.json").write_bytes(orjson.dumps(dict(request.values)))
        home = folder / "home"
        home.mkdir()
        environment = {**_environment(home), **settings_of_go(self._limits)}
        command = [str(self._program), *_arguments(request)]
        done = run_program(command, environment, folder, self._limits)
        if done.code and _ERROR not in done.err:
            raise self._limits.ended(done.code, done.err)
        if done.code:
            raise RenderError(shortened(_complaint(done.err)))
        return done.out.decode("utf-8", "replace")


def _arguments(request: ChartRequest) -> Iterator[str]:
    yield from ("template", request.release_name, "chart", "--values", "values.json")
    yield from ("--namespace", request.namespace, "--include-crds")
    if request.kube_version:
        yield from ("--kube-version", request.kube_version)
    for version in request.api_versions:
        yield from ("--api-versions", version)
    if request.is_upgrade:
        yield "--is-upgrade"
    if not request.validate_schema:
        yield "--skip-schema-validation"


def _environment(home: Path) -> dict[str, str]:
    folders = ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "PLUGINS")
    own = {f"HELM_{name}": str(home) for name in folders}
    return {**own, "HOME": str(home), "KUBECONFIG": "/dev/null"}


def _complaint(said: bytes) -> str:
    """Helm's error, without what it logs before."""
    text = said.decode("utf-8", "replace").replace(_ADVICE, "").strip()
    return text.partition(_ERROR.decode())[2]


def _taken_apart(printed: str) -> ChartRendering:
    """The pieces of what ``helm template`` prints, which has them in order."""
    marks = list(_SOURCE.finditer(printed))
    ends = [mark.start() for mark in marks[1:]] + [len(printed)]
    parts = [
        (mark[1], printed[mark.end() : end].removesuffix("\n"))
        for mark, end in zip(marks, ends, strict=True)
    ]
    crds = [Piece(source, text, None) for source, text in parts if _CRD.match(source)]
    pieces = [piece_of(*part) for part in parts if not _CRD.match(part[0])]
    hooks = [hook_of(piece) for piece in pieces if is_hook(piece)]
    return ChartRendering(
        manifests=tuple(piece for piece in pieces if not is_hook(piece)),
        hooks=tuple(hook for hook in hooks if hook is not None),
        crds=tuple(crds),
    )
