"""YAML: one document or several, with comments."""

from __future__ import annotations

from trueup.render.sops.metadata import Metadata
from trueup.render.sops.stores.extract import extract
from trueup.render.sops.tree import Branch, to_bytes
from trueup.render.sops.yaml import read, write


class YamlStore:
    """Metadata are an entry of each document; those of the first count."""

    def load_encrypted(self, content: bytes) -> tuple[list[Branch], Metadata]:
        return extract(read(content))

    def emit(self, branches: list[Branch]) -> bytes:
        return to_bytes(write(branches))
