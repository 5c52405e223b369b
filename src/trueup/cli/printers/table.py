"""Tables in plain columns, like kubectl's."""

from __future__ import annotations

from collections.abc import Sequence

import click

from trueup.cli.printers.style import coloured

_GAP = "  "


class Table:
    """Prints rows as they come; the columns keep the widths that they had before, or grow."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._headers = [header.upper() for header in headers]
        self._widths = [len(header) for header in self._headers]
        self._begun = False

    def print(self, rows: Sequence[Sequence[str]]) -> None:
        """Print ``rows``, below the headers if these are the first."""
        cells = [[" ".join(cell.splitlines()).rstrip() for cell in row] for row in rows]
        for row in cells:
            self._widths = [max(w, len(cell)) for w, cell in zip(self._widths, row, strict=True)]
        if not self._begun:
            click.echo(self._line(self._headers, plain=True))
            self._begun = True
        for row in cells:
            click.echo(self._line(row))

    def _line(self, row: Sequence[str], *, plain: bool = False) -> str:
        padded = [
            cell.ljust(width) if plain else coloured(cell, cell.ljust(width))
            for cell, width in zip(row, self._widths, strict=True)
        ]
        # The last column is as long as it is: padding it would wrap lines for nothing.
        padded[-1] = row[-1] if plain else coloured(row[-1])
        return _GAP.join(padded).rstrip()
