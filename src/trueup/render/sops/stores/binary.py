"""Anything: one text in a JSON envelope."""

from __future__ import annotations

from trueup.errors import DecryptionError
from trueup.render.sops.metadata import Metadata
from trueup.render.sops.stores.extract import extract
from trueup.render.sops.stores.json import load
from trueup.render.sops.tree import Branch, to_bytes


class BinaryStore:
    """One text, whatever it is."""

    def load_encrypted(self, content: bytes) -> tuple[list[Branch], Metadata]:
        return extract([load(content)])

    def emit(self, branches: list[Branch]) -> bytes:
        found = branches[0].get("data") if len(branches) == 1 else None
        if not isinstance(found, str):
            raise DecryptionError(
                "is no binary file: it has no entry data that is text",
                next_step="give it a name that ends in its format: .yaml, .json, .env, .ini",
            )
        return to_bytes(found)
