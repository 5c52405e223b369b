"""The counts of a custom resource that its Scale shows, and its selector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trueup.controlplane.validation.causes import Cause, invalid
from trueup.objects import Manifest
from trueup.objects.gotext import printed

_MOST = 2**31 - 1
_GO_TYPES: Mapping[type, str] = {
    bool: "bool",
    int: "int64",
    float: "float64",
    list: "[]interface {}",
    dict: "map[string]interface {}",
    type(None): "<nil>",
}
_ABSENT = object()


class _UnfitError(Exception):
    """What is in the way to a value, in the words of the apiserver."""


def scale_problems(
    scale: Mapping[str, str] | None, obj: Manifest, *, only_status: bool = False
) -> list[Cause]:
    """What is wrong where ``scale``, the subresource of a definition, has its values."""
    if scale is None:
        return []
    names = ("statusReplicasPath",) if only_status else ("specReplicasPath", "statusReplicasPath")
    paths = [scale[name] for name in names if name in scale]
    selector = [scale["labelSelectorPath"]] if scale.get("labelSelectorPath") else []
    return [
        *(cause for path in paths for cause in _count_problems(path, obj)),
        *(cause for path in selector for cause in _text_problems(path, obj)),
    ]


def _count_problems(path: str, obj: Manifest) -> Iterator[Cause]:
    try:
        count = _value(obj, path, int, "int64")
    except _UnfitError as error:
        yield invalid(path, 0, str(error))
        return
    if count is _ABSENT:
        return
    if count < 0:
        yield invalid(path, count, "should be a non-negative integer")
    elif count > _MOST:
        yield invalid(path, count, f"should be less than or equal to {_MOST}")


def _text_problems(path: str, obj: Manifest) -> Iterator[Cause]:
    try:
        _value(obj, path, str, "string")
    except _UnfitError as error:
        yield invalid(path, "", str(error))


def _value(obj: Any, path: str, wanted: type, shown: str) -> Any:
    way, names = "", path.lstrip(".").split(".")
    for name in names:
        way += f".{name}"
        if obj is None:
            return _ABSENT
        if not isinstance(obj, dict):
            raise _unfit(way, obj, "map[string]interface{}")
        if name not in obj:
            return _ABSENT
        obj = obj[name]
    if type(obj) is not wanted:
        raise _unfit(way, obj, shown)
    return obj


def _unfit(path: str, value: Any, wanted: str) -> _UnfitError:
    found = _GO_TYPES.get(type(value), "string")
    return _UnfitError(
        f"{path} accessor error: {printed(value)} is of the type {found}, expected {wanted}"
    )
