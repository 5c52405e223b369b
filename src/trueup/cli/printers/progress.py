"""What goes on while a command waits: told on stderr, so that results stay clean.

On a terminal the line is rewritten in place; elsewhere each new word is a line of its own.
"""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from types import TracebackType

import click


class Progress:
    """Says each message once. Use as a context manager: it clears its line at the end."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clear()

    def say(self, message: str) -> None:
        """Show ``message``, in place of the one before on a terminal."""
        text = " ".join(message.split())
        if text == self._last:
            return
        if self._live:
            self._clear()
            # A line that wraps cannot be taken back.
            click.echo(text[: get_terminal_size().columns - 1], nl=False, err=True)
        else:
            click.echo(text, err=True)
        self._last = text

    def _clear(self) -> None:
        if self._live and self._last:
            click.echo("\r\x1b[K", nl=False, err=True)
