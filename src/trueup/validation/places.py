"""Where a field of a rendered object is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trueup.errors import InputError
from trueup.objects import Manifest
from trueup.objects.manifest import metadata
from trueup.objects.yaml.documents import read_documents
from trueup.objects.yaml.lines import line_of
from trueup.render.origin import Origin
from trueup.validation.problem import FieldPath


def line_in(content: bytes, origin: Origin, obj: Manifest, path: FieldPath) -> int:
    """The line in ``content``, the file of ``origin``, of what stands at ``path`` of ``obj``.

    Where the object was made from what is written there and is not the same, the document is found
    by kind and name. The line is that of the nearest field above which is there, 0 if none is.
    """
    document = origin.document or _document(content, obj)
    return line_of(content, document, (*origin.within, *path)) if document else 0


def _document(content: bytes, obj: Manifest) -> int:
    """The document that ``obj`` was made from: of the same kind, with the closest name."""
    name = str(metadata(obj).get("name") or "")
    alike = [
        (_likeness(str(metadata(found).get("name") or ""), name), -number)
        for number, found in _numbered(content)
        if found.get("kind") == obj.get("kind")
    ]
    return -max(alike)[1] if alike else 0


def _likeness(written: str, rendered: str) -> int:
    """Prefixes, suffixes and hashes are put around a name."""
    if written == rendered:
        return len(rendered) + 1
    return len(written) if written in rendered else 0


def _numbered(content: bytes) -> Iterable[tuple[int, dict[str, Any]]]:
    try:
        for number, found in enumerate(read_documents(content, duplicates="last"), 1):
            if isinstance(found, dict):
                yield number, found
    except InputError:
        return
