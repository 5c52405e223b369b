"""Definitions of custom kinds that lie in a tree."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.errors import InputError
from trueup.objects import Manifest
from trueup.objects.yaml import load_all
from trueup.tree import Tree
from trueup.validation.custom import KIND, is_definition

MAX_FILES = 20_000
_SUFFIXES = (".yaml", ".yml", ".json")
_SKIPPED = frozenset({"node_modules", "vendor"})


def definitions_in(tree: Tree, path: str) -> list[Manifest]:
    """Every CustomResourceDefinition in the files below ``path``, hidden folders left out.

    Files that do not parse, such as templates, are passed over. Raises InputError for more than
    MAX_FILES.
    """
    found: list[Manifest] = []
    for number, file in enumerate(_files(tree, path)):
        if number >= MAX_FILES:
            raise InputError(
                f"more than {MAX_FILES} files to look through for definitions",
                subject=path or ".",
                next_step="name where they are with --crds",
            )
        found += _definitions(tree, file)
    return found


def _definitions(tree: Tree, file: str) -> list[Manifest]:
    try:
        content = tree.read(file) if tree.is_file(file) else b""
        if KIND.encode() not in content:
            return []
        documents = load_all(content)
    except InputError:
        return []
    lists = [doc.get("items") if isinstance(doc, dict) else None for doc in documents]
    items = [item for one in lists if isinstance(one, list) for item in one]
    return [doc for doc in (*documents, *items) if isinstance(doc, dict) and is_definition(doc)]


def _files(tree: Tree, path: str) -> Iterator[str]:
    if tree.is_file(path):
        yield path
        return
    for entry in tree.entries(path):
        full = f"{path}/{entry.name}" if path else entry.name
        if entry.kind == "dir":
            if not entry.name.startswith(".") and entry.name not in _SKIPPED:
                yield from _files(tree, full)
        elif entry.name.endswith(_SUFFIXES):
            yield full
