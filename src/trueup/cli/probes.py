"""``--health-address``: where a long-running verb answers probes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

_FORM = re.compile(r"(?:\[?(?P<host>[^\[\]]+)\]?:)?(?P<port>\d{1,5})")

Address = tuple[str, int]


def health_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds it; the verb gets ``health``, None where nobody is to be answered."""
    return click.option(
        "--health-address",
        "health",
        metavar="[HOST:]PORT",
        callback=lambda _ctx, _param, text: address(text) if text else None,
        help="Answer /healthz, /readyz and /metrics there; without a host, on loopback only.",
    )(command)


def address(text: str) -> Address:
    """Host and port; an IPv6 address may stand in brackets. Raises click.BadParameter."""
    found = _FORM.fullmatch(text)
    if found is None or int(found["port"]) > 65535:
        raise click.BadParameter(f"{text!r} is not [HOST:]PORT")
    return found["host"] or "127.0.0.1", int(found["port"])
