"""Regular expressions of RE2, which take time linear in the text whatever the pattern."""

from __future__ import annotations

import re
from typing import Final

from cel_expr_python import cel

from trueup.cel.registry import function
from trueup.cel.values import EvaluationError

_ENV: Final = cel.NewEnv(variables={"text": cel.Type.STRING, "pattern": cel.Type.STRING})
_SINGLE_BYTE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\C")
"""RE2 knows ``\\C``, Go does not."""
_MATCHES: Final = _ENV.compile("text.matches(pattern)")


@function("standard", "matches", "(string, string) -> bool", "string.(string) -> bool")
def matches(text: str, pattern: str) -> bool:
    """Whether ``pattern`` matches anywhere in ``text``."""
    if _SINGLE_BYTE.search(pattern):
        raise EvaluationError("invalid escape sequence: \\C")
    found = _MATCHES.eval(data={"text": text, "pattern": pattern})
    if found.type() == cel.Type.ERROR:
        raise EvaluationError(str(found.value()))
    return bool(found.value())
