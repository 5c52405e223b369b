"""A request body, checked against the path it was sent to."""

from __future__ import annotations

from typing import Any

import orjson

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.recognition import (
    UNTYPED,
    json_error,
    missing_kind,
    other_version,
    recognized,
    require_kind,
    unhandled,
    unrecognized,
)
from trueup.controlplane.registry.refusals import bad_request
from trueup.objects import GroupVersionKind, Manifest
from trueup.schema.decoding import json_type, require_decodable
from trueup.schema.wire import METADATA, load


def object_of(body: Any, call: Call, gvk: GroupVersionKind) -> Manifest:
    """``body`` as an object of kind ``gvk`` in the call's namespace; BadRequest if it is not."""
    obj = typed(body, call, gvk)
    require_decodable(obj, METADATA, ("metadata",))
    require_namespace(obj, call)
    return obj


def part_of(body: Any, call: Call, gvk: GroupVersionKind) -> Manifest:
    """As ``object_of``, for what goes to a part of an object: its fields are of their types, too."""
    obj = {**object_of(body, call, gvk), "apiVersion": gvk.api_version, "kind": gvk.kind}
    require_decodable(obj, load().kinds[gvk.api_version, gvk.kind])
    return obj


def typed(body: Any, call: Call, gvk: GroupVersionKind) -> Manifest:
    """``body`` as an object of kind ``gvk``, with metadata; BadRequest if it is not.

    What its fields hold is not looked at.
    """
    is_custom = call.resource.custom is not None and gvk == call.resource.gvk
    if body is None:
        if is_custom:
            raise missing_kind(b"null", gvk)
        body = {}
    if not isinstance(body, dict):
        raise unrecognized(gvk.kind, f"{UNTYPED}: {json_error(body)}", orjson.dumps(body))
    if is_custom:
        _require_typed(body, gvk)
        _require_metadata(body, gvk, "value")
        require_decodable(body, METADATA, ("metadata",))
        if not call.is_patch:  # what a patch may not make of it is for validation to say
            _require_version(body, gvk)
    else:
        require_kind(body, gvk)
        _require_metadata(body, gvk, f"struct field {gvk.kind}.metadata")
    return body


def _require_metadata(body: Manifest, gvk: GroupVersionKind, holder: str) -> None:
    """``holder``: what holds them, in the words of Go's decoder."""
    metadata = body.get("metadata")
    if metadata is None:
        body["metadata"] = {}
    elif not isinstance(metadata, dict):
        raise unhandled(gvk, gvk, json_error(metadata, f"{holder} of type v1.ObjectMeta"))


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
    recognized(body, gvk)
    if not body.get("kind"):
        raise missing_kind(orjson.dumps(body), gvk)
    if body.get("apiVersion", "") is None:
        text = ".apiVersion accessor error: <nil> is of the type <nil>, expected string"
        raise unhandled(GroupVersionKind("", "", body["kind"]), gvk, text)


def _require_version(body: Manifest, gvk: GroupVersionKind) -> None:
    """Of a custom resource; whether the kind is right is for validation to say."""
    given = (body.get("apiVersion") or "").removeprefix("/")
    if given != gvk.api_version:
        raise other_version(given, gvk)


def require_namespace(obj: Manifest, call: Call) -> None:
    """The object's namespace is the path's; BadRequest if it names another."""
    metadata = obj["metadata"]
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
