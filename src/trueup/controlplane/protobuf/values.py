"""Messages that JSON writes as one value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from trueup.controlplane.protobuf.wire import Raw, signed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(message: Mapping[int, Raw]) -> str | None:
    """A Time or MicroTime in RFC 3339; None for an empty one, which Go calls the zero time."""
    seconds, nanos = _number(message, 1), _number(message, 2)
    if not message:
        return None
    try:
        found = _EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)
    except OverflowError as error:
        raise ValueError("the time is out of range") from error
    return found.isoformat().replace("+00:00", "Z")


def duration(nanos: int) -> str:
    """As Go prints it, to the unit that is whole: ``1h0m0s``, ``1.5s``."""
    sign, rest = ("-", -nanos) if nanos < 0 else ("", nanos)
    minutes, seconds = divmod(rest, 60_000_000_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{seconds / 1e9:.9f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{sign}{hours}h{minutes}m{text}"
    return f"{sign}{minutes}m{text}" if minutes else sign + text


def int_or_string(message: Mapping[int, Raw]) -> int | str:
    text = message.get(3, b"")
    if message.get(1) == 1 and isinstance(text, bytes):
        return text.decode()
    return _number(message, 2)


def _number(message: Mapping[int, Raw], field: int) -> int:
    value = message.get(field, 0)
    return signed(value) if isinstance(value, int) else 0
