"""Sections of ``name = value``, by the rules of the Go library that SOPS uses."""

from __future__ import annotations

from trueup.render.sops.metadata import Metadata
from trueup.render.sops.stores.extract import extract, unflattened
from trueup.render.sops.stores.ini_reading import read
from trueup.render.sops.stores.ini_writing import write
from trueup.render.sops.tree import Branch, Comment, to_bytes, to_text


class IniStore:
    """Metadata are a section."""

    def load_encrypted(self, content: bytes) -> tuple[list[Branch], Metadata]:
        return extract([read(to_text(content))], _metadata)

    def emit(self, branches: list[Branch]) -> bytes:
        sections = [entry for branch in branches for entry in branch]
        return to_bytes(write([e for e in sections if not isinstance(e[0], Comment)]))


def _metadata(flat: Branch) -> Branch:
    breaks = ((key, v.replace("\\n", "\n") if isinstance(v, str) else v) for key, v in flat)
    return unflattened(Branch(breaks))
