"""Colour, on a terminal only and never where NO_COLOR asks for none (https://no-color.org)."""

from __future__ import annotations

import os
import sys

import click

_COLOURS = {
    "green": {"True", "Healthy", "Applied", "Corrected", "Recreated", "OK"},
    "red": {"False", "Degraded", "Failed", "Missing", "Warning"},
    "yellow": {"Unknown", "Progressing", "BackingOff"},
    "blue": {"Suspended", "Reported"},
}
_COLOUR_OF = {word: colour for colour, words in _COLOURS.items() for word in words}


def wants_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def coloured(word: str, text: str = "") -> str:
    """``text`` (default: the word) in the colour of a status word, where colour is wanted."""
    colour = _COLOUR_OF.get(word)
    shown = text or word
    return click.style(shown, fg=colour) if colour and wants_colour() else shown
