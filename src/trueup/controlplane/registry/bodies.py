"""A decoded request body, checked against the path it was sent to."""

from __future__ import annotations

from typing import Any

import orjson

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.refusals import bad_request
from trueup.errors import ApiError
from trueup.objects import GroupVersionKind, Manifest
from trueup.schema.decoding import json_type


def object_of(body: Any, call: Call, gvk: GroupVersionKind) -> Manifest:
    """``body`` as an object of kind ``gvk`` in the call's namespace; BadRequest if it is not."""
    obj = typed(body, call, gvk)
    _require_namespace(obj["metadata"], call)
    return obj


def typed(body: Any, call: Call, gvk: GroupVersionKind) -> Manifest:
    """``body`` as an object of kind ``gvk``, with metadata; BadRequest if it is not."""
    if not isinstance(body, dict):
        raise _unrecognized(gvk, _json_error(body, f"value of type {_TYPE_META}"), body)
    is_custom = call.resource.custom is not None and gvk == call.resource.gvk
    if is_custom:
        _require_typed(body, gvk)
        _require_metadata(body, gvk, is_custom=True)
    _require_type(body, gvk)
    _require_metadata(body, gvk, is_custom=is_custom)
    return body


def _require_metadata(body: Manifest, gvk: GroupVersionKind, *, is_custom: bool) -> None:
    """What is read from metadata before the kind's own fields are looked at."""
    metadata = body.get("metadata")
    if metadata is None:
        metadata = body["metadata"] = {}
    if not isinstance(metadata, dict):
        holder = "value" if is_custom else f"struct field {gvk.kind}.metadata"
        raise _unhandled(gvk, _json_error(metadata, f"{holder} of type v1.ObjectMeta"))
    for name in ("name", "generateName", "namespace", "uid", "resourceVersion"):
        value = metadata.get(name)
        if value is not None and not isinstance(value, str):
            path = name if is_custom else f"metadata.{name}"
            holds = "types.UID" if name == "uid" else "string"
            wrong = _json_error(value, f"struct field ObjectMeta.{path} of type {holds}")
            raise _unhandled(gvk, wrong)


def _text_of(body: Manifest, name: str, gvk: GroupVersionKind) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        wrong = _json_error(value, f"struct field .{name} of type string")
        raise _unrecognized(gvk, wrong, body)
    return value or ""


SCHEME = "pkg/runtime/scheme.go:111"
"""Where Kubernetes keeps what it knows; its messages tell."""

_TYPE_META = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\"";'
    ' Kind string "json:\\"kind,omitempty\\"" }'
)


def _json_error(value: Any, into: str) -> str:
    return f"json: cannot unmarshal {json_type(value)} into Go {into}"


def _unhandled(gvk: GroupVersionKind, wrong: str) -> ApiError:
    version = gvk.version
    return bad_request(
        f'{gvk.kind} in version "{version}" cannot be handled as a {gvk.kind}: {wrong}'
    )


def _unrecognized(gvk: GroupVersionKind, wrong: str, body: Any) -> ApiError:
    return bad_request(
        f"the object provided is unrecognized (must be of type {gvk.kind}): couldn't get"
        f" version/kind; json parse error: {wrong} ({_beginning(body)})"
    )


def _beginning(body: Any) -> str:
    """Of the body, as far as a message shows it; what is no object it shows in hexadecimal."""
    text = orjson.dumps(body)
    shown = text[:30].decode(errors="replace") if isinstance(body, dict) else text[:30].hex()
    return f"{shown} ..." if len(text) > 30 else shown


def require_name(metadata: Manifest, name: str) -> None:
    """The object's name is the path's; BadRequest if it is another, or none."""
    given = metadata.get("name")
    if not given:
        raise bad_request(
            f"the name of the object ({name} based on URL) was undeterminable:"
            " name must be provided"
        )
    if given != name:
        raise bad_request(
            f"the name of the object ({given}) does not match the name on the URL ({name})"
        )


def require_applied_type(body: Any, gvk: GroupVersionKind) -> None:
    """What is applied says itself of which kind it is; BadRequest if it is another, or silent."""
    if not isinstance(body, dict):
        wrong = f"json: cannot unmarshal {json_type(body)} into Go value"
        raise bad_request(
            "error decoding patch: error unmarshaling JSON: while decoding JSON:"
            f" {wrong} of type map[string]interface {{}}"
        )
    api_version, kind = (_if_text(body.get(name)) for name in ("apiVersion", "kind"))
    if (api_version, kind) != (gvk.api_version, gvk.kind):
        shown = api_version if "/" in api_version else f"/{api_version}"
        raise bad_request(f"invalid object type: {shown}, Kind={kind}")


def _if_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _require_typed(body: Manifest, gvk: GroupVersionKind) -> None:
    """A custom resource says of which kind it is; built-in kinds are known from the path."""
    if not body.get("kind"):
        raise bad_request(
            f"the object provided is unrecognized (must be of type {gvk.kind}):"
            f" Object 'Kind' is missing in '{orjson.dumps(body).decode()}' ({_beginning(body)})"
        )
    if not body.get("apiVersion"):
        raise bad_request(
            "the API version in the data () does not match"
            f" the expected API version ({gvk.api_version})"
        )


def _require_type(body: Manifest, gvk: GroupVersionKind) -> None:
    api_version = _text_of(body, "apiVersion", gvk) or gvk.api_version
    kind = _text_of(body, "kind", gvk) or gvk.kind
    body["apiVersion"], body["kind"] = api_version, kind
    if api_version != gvk.api_version:
        raise bad_request(
            f"the API version in the data ({api_version}) does not match"
            f" the expected API version ({gvk.api_version})"
        )
    if kind != gvk.kind:
        raise bad_request(
            f'{kind} in version "{gvk.version}" cannot be handled as a {gvk.kind}:'
            f' no kind "{kind}" is registered for version "{gvk.api_version}" in scheme "{SCHEME}"'
        )


def _require_namespace(metadata: Manifest, call: Call) -> None:
    if not call.resource.namespaced:
        if metadata.get("namespace"):
            # A cluster-scoped object drops it silently, as the apiserver does.
            metadata.pop("namespace")
        return
    given = metadata.get("namespace") or call.namespace
    if given != call.namespace:
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    metadata["namespace"] = call.namespace
