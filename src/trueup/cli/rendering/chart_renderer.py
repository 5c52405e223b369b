"""What runs the templates of charts, for all that the command line renders."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from trueup.errors import MissingExtra
from trueup.render.helm.request import ChartRenderer


@cache
def chart_renderer(program: str | None = None) -> ChartRenderer:
    """Helm's library where it is installed, else the ``helm`` program; or the one that is named.

    The library's workers stay warm until this process ends. Raises MissingExtra where neither is.
    """
    from trueup.sandbox.helm import LibraryRenderer, helm_pool, is_installed
    from trueup.sandbox.helm_program import ProgramRenderer

    if program is None and is_installed():
        return LibraryRenderer(helm_pool())
    found = shutil.which(program or "helm")
    if found is None:
        raise MissingExtra(
            "charts are rendered by Helm, and neither its library nor its program is there",
            next_step="install trueup[helm], or put Helm 4 on PATH",
        )
    return ProgramRenderer(Path(found).absolute())
