"""What the demo says, one short line at a time."""

from __future__ import annotations

import sys
import textwrap
from time import monotonic


class Narrator:
    """Prints steps, what was done and what came of it; colour only on a terminal."""

    def __init__(self) -> None:
        self._colour = sys.stdout.isatty()
        self._steps = 0
        self._begun = self._step_begun = monotonic()

    def step(self, title: str) -> None:
        """Open the next step."""
        self._steps += 1
        self._step_begun = monotonic()
        self._print(f"\n{self._steps}. {title}", "1")

    def does(self, text: str) -> None:
        """What the demo does now."""
        self._print(f"   {text}")

    def runs(self, command: str, output: str) -> None:
        """A command that a person would type, and what it printed."""
        self._print(f"   $ {command}", "36")
        self._print(textwrap.indent(output.rstrip(), "     "))

    def found(self, text: str) -> None:
        """What came of it, with the seconds since the step began."""
        took = monotonic() - self._step_begun
        self._print(f"   ✓ {text} ({took:.1f} s)", "32")

    def ends(self, text: str) -> None:
        """The last line, with the seconds of the whole."""
        self._print(f"\n{text} in {monotonic() - self._begun:.0f} s.", "1")

    def fails(self, reason: str) -> None:
        """Why the story ends here; goes to stderr."""
        print(f"   ✗ {reason}", file=sys.stderr, flush=True)

    def _print(self, text: str, style: str = "") -> None:
        styled = f"\x1b[{style}m{text}\x1b[0m" if style and self._colour else text
        print(styled, flush=True)
