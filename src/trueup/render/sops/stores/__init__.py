"""One module per format: encrypted text to a tree and its metadata, a tree to plain text."""

from __future__ import annotations

from typing import Protocol

from trueup.render.sops.formats import Format
from trueup.render.sops.metadata import Metadata
from trueup.render.sops.stores.binary import BinaryStore
from trueup.render.sops.stores.dotenv import DotenvStore
from trueup.render.sops.stores.ini import IniStore
from trueup.render.sops.stores.json import JsonStore
from trueup.render.sops.stores.yaml import YamlStore
from trueup.render.sops.tree import Branch


class Store(Protocol):
    """Knows one format."""

    def load_encrypted(self, content: bytes) -> tuple[list[Branch], Metadata]:
        """The documents without their metadata; DecryptionError or YamlError."""
        ...

    def emit(self, branches: list[Branch]) -> bytes:
        """The plain documents; DecryptionError where the format has no form for them."""
        ...


_STORES: dict[Format, Store] = {
    Format.BINARY: BinaryStore(),
    Format.DOTENV: DotenvStore(),
    Format.INI: IniStore(),
    Format.JSON: JsonStore(),
    Format.YAML: YamlStore(),
}


def store_of(form: Format) -> Store:
    return _STORES[form]
