"""Objects to the bytes that are stored and sent, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from trueup.controlplane.store import Entry
from trueup.controlplane.store.entry import Encoded, Encoder, Labels
from trueup.objects import GroupVersionKind, Manifest

_NO_LABELS: Labels = {}


def decode(entry: Entry) -> Manifest:
    obj: Manifest = orjson.loads(entry.data)
    return obj


def encode(obj: Mapping[str, Any]) -> bytes:
    """Compact JSON that begins with kind and apiVersion, which ``without_type`` relies on."""
    ordered = {"kind": obj.get("kind"), "apiVersion": obj.get("apiVersion"), **obj}
    # A copy: what orjson returns is over-allocated, and this is kept.
    return bytes(memoryview(orjson.dumps(ordered)))


def encoder(obj: Manifest) -> Encoder:
    """Encodes ``obj`` with the revision it is given as its resourceVersion."""

    def encode_at(revision: int) -> Encoded:
        obj["metadata"]["resourceVersion"] = str(revision)
        return Encoded(encode(obj), obj["metadata"].get("labels") or _NO_LABELS)

    return encode_at


def labels_of(data: bytes) -> Labels:
    labels: Labels = orjson.loads(data)["metadata"].get("labels") or _NO_LABELS
    return labels


def type_prefix(gvk: GroupVersionKind) -> bytes:
    """How the encoding of every object of this kind begins."""
    return b'{"kind":"%s","apiVersion":"%s",' % (gvk.kind.encode(), gvk.api_version.encode())


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Equal in every value, whatever the order of keys."""
    option = orjson.OPT_SORT_KEYS
    return orjson.dumps(one, option=option) == orjson.dumps(other, option=option)
