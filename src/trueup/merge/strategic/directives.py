"""What a strategic merge patch may say beside values, and how values are freed of it."""

from __future__ import annotations

from typing import Any

from trueup.errors import InputError
from trueup.objects.gotext import printed


class PatchFormatError(InputError):
    """A directive that is no such: kube-apiserver's other refusals it takes for its own failures."""


PATCH = "$patch"
RETAIN = "$retainKeys"
ORDER_OF = "$setElementOrder/"
DELETE_FROM = "$deleteFromPrimitiveList/"


def retained(live: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """``live`` with only the fields that the patch's ``$retainKeys`` names, if it has that."""
    if RETAIN not in patch:
        return live
    names = patch[RETAIN]
    if not isinstance(names, list):
        raise PatchFormatError("invalid patch format of retainKeys")
    for name, value in patch.items():
        if value is not None and not name.startswith("$") and name not in names:
            raise PatchFormatError("invalid patch format of retainKeys")
    return {name: value for name, value in live.items() if name in names}


def unknown_directive(part: dict[str, Any]) -> InputError:
    return InputError(f"unknown patch type: {part[PATCH]} in map: {printed(part)}")


def is_directive(value: Any) -> bool:
    return isinstance(value, dict) and PATCH in value


def without_directives(value: Any) -> Any:
    """``value`` as it is where there was nothing to direct: marked parts are left out."""
    if isinstance(value, dict):
        return {
            name: without_directives(item) for name, item in value.items() if not is_directive(item)
        }
    if isinstance(value, list):
        return [without_directives(item) for item in value if not is_directive(item)]
    return value


def without_nulls(value: Any) -> Any:
    """``value`` without fields that are null; nulls in lists stay."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
