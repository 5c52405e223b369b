"""YAML as Helm reads it: of a key that is repeated, the last one counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.objects.yaml.documents import read_documents


def documents(text: str | bytes, source: str = "") -> Iterator[Any]:
    """The documents that are not empty; YamlError for what does not parse."""
    found = read_documents(text, source, duplicates="last")
    return (document for document in found if document is not None)


def first_document(text: str | bytes, source: str = "") -> Any:
    """The first document, or None if it is empty."""
    return next(read_documents(text, source, duplicates="last"), None)
