"""``--timeout`` and its like, in the form of Go: ``90s``, ``1m30s``, ``500ms``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")


def timeout_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--timeout``, passed as seconds."""
    return click.option(
        "--timeout",
        default=default,
        show_default=True,
        metavar="DURATION",
        callback=lambda _ctx, _param, text: seconds(text),
        help="How long to wait.",
    )


def seconds(text: str) -> float:
    """Seconds of a duration; raises click.BadParameter for anything else."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise click.BadParameter(f"{text!r} is not a duration such as 90s or 5m")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
