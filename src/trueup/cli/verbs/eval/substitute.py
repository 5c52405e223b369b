"""Rule ``substitute``: variables in a text."""

from __future__ import annotations

from typing import Any

from trueup.cli.verbs.eval.fields import boolean, string_map, text
from trueup.render.substitute import substitute


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{text, vars, strict}`` -> ``{text}``."""
    variables = string_map(case, "vars")
    return {"text": substitute(text(case, "text"), variables, strict=boolean(case, "strict"))}
