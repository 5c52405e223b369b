"""YAML text to manifests and back, by Kubernetes' rules.

``scalars`` says what a plain scalar means, ``documents`` builds values from parser events,
``emit`` writes text as ``sigs.k8s.io/yaml`` does, and so as kubectl and kustomize do.
Values are JSON-like: dict, list, str, int, float, bool, None.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trueup.errors import YamlError
from trueup.objects.yaml.documents import read_documents
from trueup.objects.yaml.emit import emit

__all__ = ["dump", "dump_all", "load", "load_all"]


def load_all(text: str | bytes, source: str = "") -> list[Any]:
    """Every document of ``text`` that is not empty.

    ``source`` names the file in errors. Raises YamlError with the line, also for duplicate keys.
    """
    return [document for document in read_documents(text, source) if document is not None]


def load(text: str | bytes, source: str = "") -> Any:
    """The one document of ``text``, or None if it is empty; YamlError if there are several."""
    documents = load_all(text, source)
    if len(documents) > 1:
        raise YamlError(
            "holds more than one document", subject=source, next_step="keep one document per file"
        )
    return documents[0] if documents else None


def dump(value: Any, *, sort_keys: bool = False) -> str:
    """``value`` as one YAML document, without a leading ``---``.

    Strings that any YAML 1.1 or 1.2 reader could take for something else are quoted.
    """
    return emit(value, sort_keys=sort_keys)


def dump_all(values: Iterable[Any], *, sort_keys: bool = False) -> str:
    """Documents separated by ``---`` lines."""
    return "---\n".join(dump(value, sort_keys=sort_keys) for value in values)
