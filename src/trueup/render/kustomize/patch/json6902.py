"""JSON patches (RFC 6902) as they stand in a kustomization."""

from __future__ import annotations

import json
from typing import Any

from trueup.errors import InputError, RenderError
from trueup.merge import jsonpatch
from trueup.merge.jsonpatch import Operation
from trueup.render.kustomize.decoding import read_config


def read_operations(text: str, source: str) -> list[Operation]:
    """The operations in ``text``, JSON or YAML; RenderError or YamlError if it is no such list."""
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RenderError(f"is not a JSON patch: {error}", subject=source) from error
    else:
        found = read_config(text, source)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise RenderError("is not a list of operations", subject=source)
    return found


def apply(document: Any, operations: list[Operation]) -> Any:
    """``document``, changed in place, after all ``operations``; RenderError if one fails."""
    try:
        return jsonpatch.apply(document, operations)
    except InputError as error:
        raise RenderError(error.cause, next_step=error.next_step) from error
