"""Pod templates: the pods made from them, and the hashes that name their revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from trueup.controlplane.simulation.reading import owner_reference
from trueup.objects import Manifest
from trueup.objects.manifest import copy

HASH_LABEL = "pod-template-hash"

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Letters and digits that make no words and are not mistaken for each other."""


def safe_hash(value: Any, collisions: int | None = None) -> str:
    """Ten characters that stand for ``value``, as names and labels may hold them."""
    data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if collisions is not None:
        data += collisions.to_bytes(8, "little")
    return "".join(_ALPHABET[ord(digit) % len(_ALPHABET)] for digit in f"{_fnv32a(data):010d}")


def _fnv32a(data: bytes) -> int:
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def without_hash(template: Mapping[str, Any]) -> Manifest:
    """The template as its owner wrote it."""
    metadata = dict(template.get("metadata") or {})
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != HASH_LABEL}
    metadata.pop("labels", None)
    metadata.pop("creationTimestamp", None)
    if labels:
        metadata["labels"] = labels
    return {**template, "metadata": metadata}


def pod_from_template(template: Mapping[str, Any], owner: Mapping[str, Any]) -> Manifest:
    """A new pod, named after its owner by the server."""
    given = template.get("metadata") or {}
    metadata: Manifest = {
        "generateName": f"{owner['metadata']['name']}-",
        "namespace": owner["metadata"]["namespace"],
        "ownerReferences": [owner_reference(owner)],
    }
    for field in ("labels", "annotations", "finalizers"):
        if given.get(field):
            metadata[field] = copy(given[field])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": copy(template["spec"])}
