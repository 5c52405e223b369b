"""Query parameters as Kubernetes reads them: to truths, numbers and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from trueup.controlplane.http.message import Request
from trueup.controlplane.registry import refusals

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_RFC3339 = "2006-01-02T15:04:05Z07:00"


def is_true(request: Request, name: str) -> bool:
    """Whatever is there and does not say ``false`` or ``0``, no text at all included."""
    values = request.parameters(name)
    return bool(values) and values[0].lower() not in {"false", "0"}


def number(request: Request, name: str) -> int | None:
    """None where it is not there; BadRequest for what is no number of 64 bits."""
    values = request.parameters(name)
    if not values:
        return None
    if not _INTEGER.fullmatch(values[0]):
        raise _unparsed(values[0], "invalid syntax")
    found = int(values[0])
    if not -(1 << 63) <= found < 1 << 63:
        raise _unparsed(values[0], "value out of range")
    return found


def moment(request: Request, name: str) -> datetime | None:
    """None where it is not there, or says nothing; BadRequest for what is no time."""
    text = request.parameter(name)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        cause = f'parsing time "{text}" as "{_RFC3339}": cannot parse "{text}" as "2006"'
        raise refusals.bad_request(cause) from error


def _unparsed(text: str, why: str) -> Exception:
    return refusals.bad_request(f'strconv.ParseInt: parsing "{text}": {why}')
