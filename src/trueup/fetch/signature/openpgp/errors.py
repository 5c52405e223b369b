"""How reading went wrong: it decides how much of a key ring is still used."""

from __future__ import annotations

from trueup.fetch.signature.cursor import MalformedError


class UnsupportedError(MalformedError):
    """Well-formed, but of a kind that is not known here: the packet is passed over."""


class StructuralError(MalformedError):
    """The packets do not make a key: this key is passed over, the next one is read."""
