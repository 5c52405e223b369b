"""The objects in one file, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trueup.errors import RenderError, YamlError
from trueup.objects import Manifest
from trueup.objects.yaml.documents import read_documents
from trueup.objects.yaml.lines import line_of
from trueup.objects.yaml.scalars import as_json_number
from trueup.render.origin import Origin

_MARKS_OF_OBJECTS = (b"apiVersion:", b"kind:", b"metadata:")
"""A YAML file that has them all is meant to hold objects."""

_LONG_NUMBER = re.compile(rb"[0-9a-fA-F_]{16}")
_INTEGERS = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Located:
    """An object and where it is written."""

    manifest: Manifest
    origin: Origin


def read_file(content: bytes, file: str) -> list[Located]:
    """The objects of a YAML or JSON file; none where a YAML file is about something else.

    Raises YamlError and RenderError with file, document and line for what is meant to be an object
    and is none.
    """
    found: list[Located] = []
    is_json, documents = file.endswith(".json"), 0
    is_long = _LONG_NUMBER.search(content) is not None
    try:
        for number, document in enumerate(read_documents(content, file), 1):
            if document is not None:
                documents += 1
                value = _with_floats(document) if is_long else document
                found += located(value, Origin(file, number), content)
    except (YamlError, RenderError):
        if found or is_json or all(mark in content for mark in _MARKS_OF_OBJECTS):
            raise
        return []
    if is_json and not documents:
        raise RenderError("is empty, and JSON holds an object", subject=file)
    return found


def located(document: Any, origin: Origin, content: bytes = b"") -> Iterator[Located]:
    """The object in ``document``, or those of a list; RenderError where there is none."""
    if not isinstance(document, dict):
        raise _error("is not an object", origin, content)
    if not isinstance(document.get("kind"), str) or not document["kind"]:
        raise _error("is an object without a kind", origin, content, "add apiVersion and kind")
    items = document.get("items")
    if isinstance(items, list):
        for number, item in enumerate(items):
            where = Origin(origin.file, origin.document, (*origin.within, "items", number))
            if not isinstance(item, dict):
                raise _error("is a list of what are no objects", where, content)
            yield Located(item, where)
    elif not _is_empty_list(document):
        yield Located(document, origin)


def _with_floats(value: Any) -> Any:
    """``value`` with integers beyond 64 bits as floats, which is how Kubernetes decodes objects."""
    if isinstance(value, dict):
        return {key: _with_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_floats(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and value not in _INTEGERS:
        return as_json_number(float(value))
    return value


def _is_empty_list(document: Manifest) -> bool:
    no_items = "items" in document and document["items"] is None
    return no_items and "spec" not in document and "status" not in document


def _error(cause: str, origin: Origin, content: bytes, next_step: str = "") -> RenderError:
    line = line_of(content, origin.document, origin.within)
    place = f"line {line}: " if line else ""
    return RenderError(
        f"{place}document {origin.document} {cause}", subject=origin.file, next_step=next_step
    )
