"""The ``encoders`` extension: base64."""

from __future__ import annotations

import base64

from trueup.cel.registry import function
from trueup.cel.values import EvaluationError


@function("encoders", "base64.encode", "(bytes) -> string")
def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


@function("encoders", "base64.decode", "(string) -> bytes")
def decode(text: str) -> bytes:
    """Padding may be left out."""
    compact = text.replace("\r", "").replace("\n", "")
    padded = compact if compact.endswith("=") else compact + "=" * (-len(compact) % 4)
    try:
        return base64.b64decode(padded, validate=True)
    except ValueError as error:
        raise EvaluationError(f"invalid base64: {error}") from error
