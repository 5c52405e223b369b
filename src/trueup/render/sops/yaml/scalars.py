"""What a scalar means to go-yaml's third version: YAML 1.2 with some of 1.1."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from trueup.errors import YamlError
from trueup.objects.goyaml.nodes import Node
from trueup.objects.yaml.scalars import (
    NULLS,
    SPECIAL_FLOATS,
    TRUE_FALSE,
    parse_number,
    parse_timestamp,
)
from trueup.render.sops.tree import Time, to_text

_KINDS: dict[str, tuple[type, ...]] = {
    "!!int": (int,),
    "!!float": (float, int),
    "!!bool": (bool,),
    "!!null": (type(None),),
    "!!timestamp": (Time,),
}


def resolve(text: str) -> Any:
    """The value of a plain scalar."""
    if text in NULLS:
        return None
    if text in TRUE_FALSE:
        return TRUE_FALSE[text]
    if text in SPECIAL_FLOATS:
        return SPECIAL_FLOATS[text]
    moment = parse_timestamp(text)
    if moment is not None:
        return Time(moment)
    number = None if text[0] == "." and "_" in text else parse_number(text)
    return text if number is None else number


def value_of(node: Node) -> Any:
    """The value of a scalar node; YamlError where its tag does not fit it."""
    if not node.tag:
        return resolve(node.text) if node.is_plain else node.text
    if node.tag == "!!binary":
        try:
            return to_text(base64.b64decode(re.sub(r"[\r\n]", "", node.text), validate=True))
        except binascii.Error as error:
            raise YamlError(f"line {node.line_number}: is no base64") from error
    if node.tag not in _KINDS:
        return node.text
    value = resolve(node.text)
    is_bool = isinstance(value, bool)
    if not isinstance(value, _KINDS[node.tag]) or is_bool != (node.tag == "!!bool"):
        raise YamlError(f"line {node.line_number}: the value is no {node.tag}")
    return float(value) if isinstance(value, int) and node.tag == "!!float" else value
