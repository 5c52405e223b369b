"""Objects that SOPS encrypted: what is sealed can be held to nothing."""

from __future__ import annotations

from typing import Any

from trueup.objects import Manifest
from trueup.validation.problem import FieldPath, Problem

_FIELD = "sops"
_SEALED = "ENC[AES256_GCM,"


def opened(problems: list[Problem], obj: Manifest) -> list[Problem]:
    """``problems`` of ``obj`` less those of sealed values and of what says how they are sealed."""
    if not isinstance(obj.get(_FIELD), dict):
        return problems
    return [p for p in problems if p.path[:1] != (_FIELD,) and not _is_sealed(obj, p.path)]


def _is_sealed(value: Any, path: FieldPath) -> bool:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(value, str) and value.startswith(_SEALED)
