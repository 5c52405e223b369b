"""A decoded request body, checked against the path it was sent to."""

from __future__ import annotations

from typing import Any

import orjson

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.refusals import bad_request
from trueup.objects import GroupVersionKind, Manifest


def object_of(body: Any, call: Call, gvk: GroupVersionKind) -> Manifest:
    """``body`` as an object of kind ``gvk`` in the call's namespace; BadRequest if it is not."""
    if not isinstance(body, dict):
        raise bad_request(f"the object provided is unrecognized (must be of type {gvk.kind})")
    if call.resource.custom is not None:
        _require_typed(body, gvk)
    _require_type(body, gvk)
    metadata = body.get("metadata")
    if metadata is None:
        metadata = body["metadata"] = {}
    if not isinstance(metadata, dict):
        raise bad_request(
            f'{gvk.kind} in version "{gvk.version}" cannot be handled: metadata must be an object'
        )
    _require_texts(metadata, gvk)
    _require_namespace(metadata, call)
    return body


def _require_texts(metadata: Manifest, gvk: GroupVersionKind) -> None:
    """What is read from metadata before the kind's own fields are looked at."""
    for name in ("name", "generateName", "namespace", "uid", "resourceVersion"):
        value = metadata.get(name)
        if value is not None and not isinstance(value, str):
            raise bad_request(
                f'{gvk.kind} in version "{gvk.version}" cannot be handled as a {gvk.kind}: json:'
                f" cannot unmarshal {json_type(value)} into Go struct field"
                f" ObjectMeta.metadata.{name} of type string"
            )


def _text_of(body: Manifest, name: str, gvk: GroupVersionKind) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_request(
            f"the object provided is unrecognized (must be of type {gvk.kind}): couldn't get"
            f" version/kind; json parse error: json: cannot unmarshal {json_type(value)} into"
            f" Go struct field .{name} of type string"
        )
    return value or ""


def json_type(value: Any) -> str:
    """What Go's decoder calls ``value``."""
    if isinstance(value, bool):
        return "bool"
    names: dict[type, str] = {int: "number", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "string")


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
        return
    api_version, kind = _text_of(body, "apiVersion", gvk), _text_of(body, "kind", gvk)
    if (api_version, kind) != (gvk.api_version, gvk.kind):
        shown = api_version if "/" in api_version else f"/{api_version}"
        raise bad_request(f"invalid object type: {shown}, Kind={kind}")


def _require_typed(body: Manifest, gvk: GroupVersionKind) -> None:
    """A custom resource says of which kind it is; built-in kinds are known from the path."""
    if not body.get("kind"):
        raise bad_request(
            f"the object provided is unrecognized (must be of type {gvk.kind}):"
            f" Object 'Kind' is missing in '{orjson.dumps(body).decode()}'"
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
            f' no kind "{kind}" is registered for version "{gvk.api_version}"'
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
