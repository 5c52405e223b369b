"""Amounts that are no whole number of bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trueup.schema.quantity import parse


def fractions(path: str, amounts: Mapping[str, str] | None, *names: str) -> Iterator[str]:
    """Of the resources called ``names``, in the amounts that lie at ``path``."""
    for name in names:
        amount = (amounts or {}).get(name)
        if amount is not None and parse(str(amount)).value % 1:
            yield f'{path}[{name}]: fractional byte value "{amount}" is invalid, must be an integer'
