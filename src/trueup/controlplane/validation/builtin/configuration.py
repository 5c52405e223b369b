"""ConfigMaps and Secrets."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator

from trueup.controlplane.validation.causes import (
    Cause,
    below,
    each,
    forbidden,
    immutable,
    invalid,
    required,
    too_long,
)
from trueup.objects import Manifest, names
from trueup.schema.literals import unexpected

_MAX_SIZE = 1024 * 1024
_FROZEN = "field is immutable when `immutable` is set"
_NEEDED = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
_JSON = ("kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson")
_ACCOUNT = "kubernetes.io/service-account.name"


def config_map(obj: Manifest) -> Iterator[Cause]:
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for key in data:
        yield from each(below("data", key), key, names.config_key(key))
        if key in binary:
            yield invalid(below("data", key), key, "duplicate of key present in binaryData")
    for key in binary:
        yield from each(below("binaryData", key), key, names.config_key(key))
    size = sum(len(text.encode()) for text in data.values()) + sum(map(_decoded, binary.values()))
    if size > _MAX_SIZE:
        yield too_long("[]", _MAX_SIZE)  # so the server names an empty path


def secret(obj: Manifest) -> Iterator[Cause]:
    data, kind = obj.get("data") or {}, obj.get("type") or "Opaque"
    for key in data:
        yield from each(below("data", key), key, names.config_key(key))
    if sum(map(_decoded, data.values())) > _MAX_SIZE:
        yield too_long("data", _MAX_SIZE)
    for key in _NEEDED.get(kind, ()):
        if key not in data:
            yield required(below("data", key))
        elif kind in _JSON:
            yield from _credentials(data[key], below("data", key))
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        yield required("data[username]")
        yield required("data[password]")
    annotations = obj["metadata"].get("annotations") or {}
    if kind == "kubernetes.io/service-account-token" and not annotations.get(_ACCOUNT):
        yield required(below("metadata.annotations", _ACCOUNT))


def frozen_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    """What ``immutable`` forbids."""
    if not old.get("immutable"):
        return
    if not new.get("immutable"):
        yield forbidden("immutable", _FROZEN)
    for name in ("data", "binaryData"):
        if (new.get(name) or {}) != (old.get(name) or {}):
            yield forbidden(name, _FROZEN)


def secret_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    yield from immutable("type", new.get("type") or "", old.get("type") or "")
    yield from frozen_changes(new, old)


def _decoded(text: str) -> int:
    """The bytes that a base64 text stands for."""
    return len(text) * 3 // 4 - text.count("=")


def _credentials(text: str, path: str) -> Iterator[Cause]:
    redacted = "<secret contents redacted>"
    plain = b64decode(text).decode(errors="replace")
    try:
        found = json.loads(plain)
    except json.JSONDecodeError as error:
        yield invalid(path, redacted, unexpected(plain, error.pos))
        return
    if not isinstance(found, dict):
        yield invalid(path, redacted, "json: cannot unmarshal into an object")
