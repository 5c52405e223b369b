"""Reading the metadata of a manifest without tripping over what is absent."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Manifest: TypeAlias = dict[str, Any]
"""One Kubernetes object as JSON-like data: dicts, lists, str, int, float, bool, None."""


def metadata(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    found = obj.get("metadata")
    return found if isinstance(found, Mapping) else {}


def labels(obj: Mapping[str, Any]) -> Mapping[str, str]:
    return metadata(obj).get("labels") or {}


def annotations(obj: Mapping[str, Any]) -> Mapping[str, str]:
    return metadata(obj).get("annotations") or {}


def without_managed_fields(obj: Manifest) -> Manifest:
    """``obj`` without the notes of who owns which field, often its larger part; shares the rest."""
    if "managedFields" not in metadata(obj):
        return obj
    meta = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    return {**obj, "metadata": meta}


def copy(value: Any) -> Any:
    """A deep copy of JSON-like data; about twice as fast as ``copy.deepcopy``."""
    if isinstance(value, dict):
        return {key: copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy(item) for item in value]
    return value
