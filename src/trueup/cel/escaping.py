"""Property names as CEL can spell them: ``self.x__dash__y`` for the property ``x-y``.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-names
"""

from __future__ import annotations

import re
from typing import Final

from trueup.cel.parser import KEYWORDS

_ESCAPES: Final = {
    "__": "__underscores__",
    ".": "__dot__",
    "-": "__dash__",
    "/": "__slash__",
}
_SPELLABLE: Final = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*")


def escape(name: str) -> str | None:
    """How ``name`` is written in an expression; None if it cannot be."""
    if not _SPELLABLE.fullmatch(name):
        return None
    if name in KEYWORDS:
        return f"__{name}__"
    return re.sub(r"__|[-./]", lambda match: _ESCAPES[match[0]], name)
