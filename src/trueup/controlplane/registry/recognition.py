"""Of which kind a request body is, and the words in which kube-apiserver refuses to take it."""

from __future__ import annotations

from typing import Any, Final

import orjson

from trueup.controlplane.registry.refusals import bad_request
from trueup.errors import ApiError, BadRequest
from trueup.objects import GroupVersionKind, Manifest
from trueup.schema.decoding import json_type, require_decodable
from trueup.schema.known import go_type, internal_type, is_known
from trueup.schema.wire import METADATA, load

SCHEME: Final = "pkg/runtime/scheme.go:111"
"""Where Kubernetes keeps what it knows; its messages tell."""

_TYPE_META = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\"";'
    ' Kind string "json:\\"kind,omitempty\\"" }'
)
_SHOWN = 30
"""Bytes of a body that a refusal shows."""


def require_kind(body: Manifest, gvk: GroupVersionKind) -> None:
    """``body`` is of the built-in kind ``gvk``, and says so from now on; BadRequest if not."""
    found = recognized(body, gvk)
    if found != gvk:
        _require_known(found, gvk, body)
        _require_convertible(found, gvk, body)
        raise other_version(found.api_version, gvk)
    body["apiVersion"], body["kind"] = gvk.api_version, gvk.kind


def recognized(body: Manifest, gvk: GroupVersionKind) -> GroupVersionKind:
    """The kind that ``body`` names; what it leaves out is as ``gvk`` has it. BadRequest."""
    api_version, kind = (_text_of(body, name, gvk) for name in ("apiVersion", "kind"))
    if api_version.count("/") > 1:
        raise unrecognized(gvk.kind, unexpected_version(api_version), orjson.dumps(body))
    group, _, version = api_version.rpartition("/")
    if not version and group in ("", gvk.group):
        group, version = gvk.group, gvk.version
    return GroupVersionKind(group, version, kind or gvk.kind)


def unexpected_version(api_version: str) -> str:
    return f"unexpected GroupVersion string: {api_version}"


def _text_of(body: Manifest, name: str, gvk: GroupVersionKind) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        wrong = json_error(value, f"struct field .{name} of type string")
        raise unrecognized(gvk.kind, f"{UNTYPED}: {wrong}", orjson.dumps(body))
    return value or ""


def _require_known(found: GroupVersionKind, gvk: GroupVersionKind, body: Manifest) -> None:
    if not found.version:
        shown = orjson.dumps(body).decode()
        raise unhandled(found, gvk, f"Object 'apiVersion' is missing in '{shown}'")
    if not is_known(found, gvk):
        raise unhandled(found, gvk, unregistered(found.kind, found.api_version))


def unregistered(kind: str, version: str) -> str:
    return f'no kind "{kind}" is registered for version "{version}" in scheme "{SCHEME}"'


def _require_convertible(found: GroupVersionKind, gvk: GroupVersionKind, body: Manifest) -> None:
    """What is of another kind is read as such all the same, before it turns out to be of no use."""
    type_name = load().kinds.get((found.api_version, found.kind))
    try:
        if type_name is not None:
            require_decodable(body, type_name)
        elif isinstance(body.get("metadata"), dict):
            require_decodable(body, METADATA, ("metadata",))
    except BadRequest as error:
        raise unhandled(found, gvk, error.cause.partition(": ")[2]) from error
    wanted = internal_type(gvk)
    if internal_type(found) != wanted:
        text = f"converting ({go_type(found)}) to ({wanted}): unknown conversion"
        raise unhandled(found, gvk, text)


def json_error(value: Any, into: str = f"value of type {_TYPE_META}") -> str:
    """What Go's decoder says of a value that does not fit."""
    return f"json: cannot unmarshal {json_type(value)} into Go {into}"


def unhandled(found: GroupVersionKind, wanted: GroupVersionKind, wrong: str) -> ApiError:
    return bad_request(
        f'{found.kind} in version "{found.version}" cannot be handled as a {wanted.kind}: {wrong}'
    )


UNTYPED: Final = "couldn't get version/kind; json parse error"


def unrecognized(kind: str, wrong: str, text: bytes) -> ApiError:
    """Of a body, of which ``text`` is all, that does not say that it is of ``kind``."""
    return bad_request(
        f"the object provided is unrecognized (must be of type {kind}): {wrong} ({_summary(text)})"
    )


def missing_kind(text: bytes, gvk: GroupVersionKind) -> ApiError:
    return unrecognized(gvk.kind, f"Object 'Kind' is missing in '{text.decode()}'", text)


def other_version(given: str, gvk: GroupVersionKind) -> ApiError:
    return bad_request(
        f"the API version in the data ({given}) does not match"
        f" the expected API version ({gvk.api_version})"
    )


def _summary(text: bytes) -> str:
    """Of a body, as far as a message shows it; what is no object it shows in hexadecimal."""
    shown = text[:_SHOWN]
    written = shown.decode(errors="replace") if text.startswith(b"{") else shown.hex()
    return f"{written} ..." if len(text) > _SHOWN else written or "<empty>"
