"""What ``--set`` takes a text for."""

from __future__ import annotations

import re
from typing import Any

_INTEGER = re.compile(r"[+-]?[0-9]+")


def typed(text: str) -> Any:
    """What ``--set`` takes ``text`` for: a boolean, null, an integer without leading 0, or text."""
    folded = text.replace("\u017f", "s").lower()  # the one letter that Go folds, and lower() not
    match folded:
        case "true":
            return True
        case "false":
            return False
        case "null":
            return None
        case "0":
            return 0
    if _INTEGER.fullmatch(text) and text[0] != "0" and -(2**63) <= int(text) < 2**63:
        return int(text)
    return text
