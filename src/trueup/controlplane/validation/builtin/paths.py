"""Rules that a table can state: which fields are numbers from zero on, one of several, or fixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trueup.controlplane.validation.causes import (
    Cause,
    immutable,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest

NOT_NEGATIVE = "must be greater than or equal to 0"


def value_at(obj: Manifest, path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    value: Any = obj
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def not_negative(obj: Manifest, paths: Sequence[str]) -> Iterator[Cause]:
    for path in paths:
        value = value_at(obj, path)
        if isinstance(value, int) and value < 0:
            yield invalid(path, value, NOT_NEGATIVE)


def one_of(obj: Manifest, choices: Mapping[str, Sequence[str]]) -> Iterator[Cause]:
    for path, values in choices.items():
        value = value_at(obj, path)
        if value is not None and value not in values:
            yield unsupported(path, value, values)


def needed(obj: Manifest, paths: Sequence[str]) -> Iterator[Cause]:
    for path in paths:
        if value_at(obj, path) in (None, "", [], {}):
            yield required(path)


def unchanged(new: Manifest, old: Manifest, paths: Sequence[str]) -> Iterator[Cause]:
    for path in paths:
        yield from immutable(path, value_at(new, path), value_at(old, path))
