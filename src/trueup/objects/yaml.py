"""YAML text to manifests and back, by Kubernetes' rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from trueup.errors import YamlError


def load_all(text: str | bytes, source: str = "") -> list[Any]:
    """Every document of ``text`` that is not empty.

    ``source`` names the file in errors. Raises YamlError with the line.
    """
    try:
        return [d for d in yaml.load_all(text, Loader=yaml.CSafeLoader) if d is not None]
    except yaml.YAMLError as error:
        raise YamlError(str(error), subject=source) from error


def load(text: str | bytes, source: str = "") -> Any:
    """The one document of ``text``, or None if it is empty; YamlError if there are several."""
    documents = load_all(text, source)
    if len(documents) > 1:
        raise YamlError("holds more than one document", subject=source)
    return documents[0] if documents else None


def dump(value: Any) -> str:
    """``value`` as one YAML document, without a leading ``---``."""
    text: str = yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, width=10**6)
    return text


def dump_all(values: Iterable[Any]) -> str:
    """Documents separated by ``---`` lines."""
    return "---\n".join(dump(value) for value in values)
