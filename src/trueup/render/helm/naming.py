"""Names of releases."""

from __future__ import annotations

import re

from trueup.errors import RenderError
from trueup.render.helm.chart import CHART_FILE, Chart
from trueup.render.helm.request import ChartRenderer, ChartRequest

MAX_NAME = 53

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_CHART = b"apiVersion: v2\nname: name\nversion: 0.0.0\n"


def check_release_name(name: str) -> None:
    """RenderError, in Helm's words, for what cannot name a release."""
    if len(name) <= MAX_NAME and _NAME.fullmatch(name):
        return
    raise RenderError(
        "release name check failed: invalid release name, must match regex "
        f"^{_NAME.pattern}$ and the length must not be longer than {MAX_NAME}",
        subject=name,
    )


def name_from_template(template: str, renderer: ChartRenderer) -> str:
    """What ``template`` gives, which may use Helm's functions but knows no values."""
    if "{{" not in template:
        return template
    files = ((CHART_FILE, _CHART), ("templates/NOTES.txt", template.encode()))
    notes = renderer.render(ChartRequest(Chart(files, "name", "0.0.0"))).notes
    if notes is None:
        raise RenderError(
            "a template for the name needs Helm's library",
            subject=template,
            next_step="give the name as it is, or install trueup[helm]",
        )
    return notes
