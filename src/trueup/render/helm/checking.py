"""What is wrong with a request before any template runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.errors import RenderError
from trueup.render.helm.chart import check_installable
from trueup.render.helm.naming import check_release_name
from trueup.render.helm.request import ChartRequest

MAX_DEPTH = 200
"""Maps and lists within each other, as in YAML."""


def check(request: ChartRequest) -> None:
    """RenderError, in Helm's words where it has any."""
    check_release_name(request.release_name)
    check_installable(request.chart)
    try:
        check_values(request.values)
    except RenderError as error:
        error.subject = request.chart.name
        raise


def check_values(values: Mapping[str, Any]) -> None:
    """RenderError for values that nest without measure, or that are no Unicode."""
    level: list[Any] = [values]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise RenderError(f"the values nest deeper than {MAX_DEPTH} levels")


def _children(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [*value, *value.values()]
    if isinstance(value, str) and not value.isascii():
        _check_text(value)
    return value if isinstance(value, list) else []


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RenderError("a value holds half of a character", next_step="correct it") from None
