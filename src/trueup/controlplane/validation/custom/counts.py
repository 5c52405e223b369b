"""The counts of a custom resource that its Scale shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.validation.causes import Cause, invalid
from trueup.objects import Manifest

_MOST = 2**31 - 1
_GO_TYPES: Mapping[type, str] = {
    bool: "bool",
    float: "float64",
    list: "[]interface {}",
    dict: "map[string]interface {}",
}


def scale_problems(
    scale: Mapping[str, str] | None, obj: Manifest, *, only_status: bool = False
) -> list[Cause]:
    """What is wrong with the counts where ``scale``, the subresource of a definition, has them."""
    if scale is None:
        return []
    names = ("statusReplicasPath",) if only_status else ("specReplicasPath", "statusReplicasPath")
    paths = [scale[name] for name in names if name in scale]
    return [cause for path in paths for cause in _count_problems(path, _value(obj, path))]


def _count_problems(path: str, count: Any) -> list[Cause]:
    if count is None:
        return []
    if type(count) is not int:
        kind = _GO_TYPES.get(type(count), "string")
        shown = str(count).lower() if isinstance(count, bool) else count
        detail = f"{path} accessor error: {shown} is of the type {kind}, expected int64"
        return [invalid(path, 0, detail)]
    if count < 0:
        return [invalid(path, count, "should be a non-negative integer")]
    if count > _MOST:
        return [invalid(path, count, f"should be less than or equal to {_MOST}")]
    return []


def _value(obj: Any, path: str) -> Any:
    for name in path.lstrip(".").split("."):
        obj = obj.get(name) if isinstance(obj, dict) else None
    return obj
