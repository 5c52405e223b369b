"""Replacements that reach into JSON or YAML text which an object holds as a string."""

from __future__ import annotations

import json
from typing import Any

from trueup.errors import InputError, RenderError
from trueup.objects.yaml import dump
from trueup.render.kustomize.embedded import rewritten
from trueup.render.kustomize.fieldpaths import Parts, Place, find, lookup
from trueup.render.kustomize.hashing import go_json
from trueup.render.kustomize.nodes import (
    Node,
    TextScalars,
    clone,
    is_scalar,
    text_of,
    to_value,
    with_text,
)
from trueup.render.kustomize.reading import read_node


def set_in_text(body: dict[str, Node], parts: Parts, value: Node, create: Node) -> bool:
    """Sets ``value`` in the structured text that ``parts`` lead into.

    False, with nothing changed, if they lead into no such text, or to no field of it.
    """
    for end in range(1, len(parts)):
        try:
            holder = lookup(body, parts[:end])
        except RenderError:
            continue
        if holder is None or not is_scalar(holder):
            continue
        try:
            text = _changed(text_of(holder), parts[end:], value, create)
            place = _place_of(body, parts[:end])
        except InputError:
            return False
        if text is None or place is None:
            return False
        place.put(with_text(holder, text))
        return True
    return False


def _place_of(body: dict[str, Node], parts: Parts) -> Place | None:
    places = find(body, parts)
    return places[0] if places else None


def _changed(text: str, parts: Parts, value: Node, create: Node) -> str | None:
    document = read_node(text, scalars=TextScalars())
    if not isinstance(document, dict | list):
        return None
    places = find(document, parts, create)
    if not places:
        return None
    for place in places:
        target = place.node
        place.put(with_text(target, text_of(value)) if is_scalar(target) else clone(value))
    if text.strip()[0] in "{[":
        return _as_json(to_value(document), text)
    found = rewritten(text, document)
    return dump(to_value(document)).strip() if found is None else found


def _as_json(value: Any, original: str) -> str:
    if "\n" in original and "  " in original:
        return json.dumps(json.loads(go_json(value)), indent=2, ensure_ascii=False)
    return go_json(value)
