"""Filling a template with variables."""

from __future__ import annotations

import json
from collections.abc import Mapping

from trueup.errors import SubstitutionError
from trueup.render.substitute.operators import DEFAULTS, operator, text_of
from trueup.render.substitute.template import Node, Text, parse


def substitute(template: str, variables: Mapping[str, str], *, strict: bool) -> str:
    """``template`` with its references resolved; text that an operator cut in two is U+FFFD.

    ``strict`` makes a variable that is not set an error, unless the reference has a default;
    otherwise it is empty. Raises SubstitutionError for that and for a malformed reference.
    """
    return text_of(expand(template, variables, strict=strict))


def expand(template: str, variables: Mapping[str, str], *, strict: bool) -> bytes:
    """Like ``substitute``, keeping the bytes of a character that an operator cut in two."""
    return b"".join(_evaluate(node, variables, strict) for node in parse(template))


def _evaluate(node: Node, variables: Mapping[str, str], strict: bool) -> bytes:
    if isinstance(node, Text):
        return node.value.encode()
    arguments = [_evaluate(argument, variables, strict) for argument in node.arguments]
    value = variables.get(node.name)
    if value is None:
        if strict and node.operator not in DEFAULTS:
            name = json.dumps(node.name, ensure_ascii=False)
            raise SubstitutionError(
                f"variable not set (strict mode): {name}",
                next_step="set it, or give a default as in ${name:=default}",
            )
        value = ""
    return operator(node.operator, len(arguments))(value.encode(), *arguments)
