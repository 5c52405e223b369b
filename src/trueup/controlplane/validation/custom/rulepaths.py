"""The ``fieldPath`` of a validation rule: ``.spec.a['b.c']``."""

from __future__ import annotations

import re
from typing import Final

from trueup.controlplane.validation.causes import below, child
from trueup.schema import Schema

_STEP: Final = re.compile(r"\.([^.\[\]']+)|\['((?:[^'\\]|\\.)*)'\]")
_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def field_path(text: str, schema: Schema) -> str | None:
    """The path of the field that ``text`` names; None if it names no field of ``schema``."""
    path, at, place = "", 0, schema
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            return None
        name = match[1] or re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), match[2])
        found = place.field(name) if place.properties or place.additional else None
        if found is None:
            return None
        path = child(path, name) if place.properties else below(path, name)
        at, place = match.end(), found
    return path
