"""An applied object that its kind's type cannot hold: refused in the words of a converter.

Other writes are read by a JSON decoder, whose words ``schema.decoding`` has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from trueup.errors import ApiError, BadRequest
from trueup.objects import GroupVersionKind, Manifest
from trueup.objects.manifest import metadata
from trueup.schema.wire import load

_FIELD = re.compile(r"Go struct field (?P<struct>\w+)\.\S*?(?P<name>\w+) of type ")
_FRACTION = re.compile(r"json: cannot unmarshal number \S*\.\S* into .* of type (int\d\d)$")


@contextmanager
def converting(gvk: GroupVersionKind, applied: Manifest) -> Iterator[None]:
    """BadRequest within the block becomes the converter's error, which names ``applied``."""
    try:
        yield
    except BadRequest as error:
        cause = error.cause.partition(" cannot be handled as a ")[2].partition(": ")[2]
        kind = f"{gvk.group}/{gvk.version}, Kind={gvk.kind}"
        given = metadata(applied)
        named = f"{given.get('namespace') or ''}/{given.get('name') or ''}; {kind}"
        text = (
            f"failed to convert new object ({named}) to proper version:"
            f" unable to convert unstructured object to {kind}: {_words(cause or error.cause)}"
        )
        raise ApiError(text, code=500, reason="") from error


def _words(cause: str) -> str:
    if cause.startswith("illegal base64 data"):
        return f"error decoding from json: {cause}"
    field, fraction = _FIELD.search(cause), _FRACTION.match(cause)
    if field and fraction and not _may_be_text(field["struct"], field["name"]):
        return f"cannot convert float64 to {fraction[1]}"
    return _FIELD.sub("Go value of type ", cause)


def _may_be_text(struct: str, name: str) -> bool:
    """Whether a field is a number or a text, which has a decoder of its own."""
    fields = [
        fields[name]
        for type_name, fields in load().types.items()
        if type_name.rpartition(".")[2] == struct and name in fields
    ]
    return any(field.holds == "intorstring" for field in fields)
