"""Bodies of requests: JSON, YAML or protobuf to plain data."""

from __future__ import annotations

from typing import Any

import orjson

from trueup.controlplane import protobuf
from trueup.controlplane.http.duplicates import duplicate_fields
from trueup.controlplane.http.message import Request
from trueup.controlplane.http.negotiation import JSON, YAML
from trueup.controlplane.http.options import cause_of
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.patching import (
    APPLY_PATCH,
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_PATCH,
)
from trueup.controlplane.registry.recognition import UNTYPED, unrecognized
from trueup.errors import UnsupportedMediaType, YamlError
from trueup.objects import yaml
from trueup.schema.literals import unexpected

_YAML_TYPES = (YAML, "application/x-yaml", "text/yaml")


class UnreadableError(Exception):
    """Why a body is no JSON, in the words of Go's decoder."""


def content_type(request: Request) -> str:
    """The media type of the body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def body_object(request: Request, kind: str) -> Any:
    """The body as JSON-like data; BadRequest if it does not parse, UnsupportedMediaType.

    ``kind`` is what it should be, for the words of a refusal.
    """
    try:
        return body_value(request)
    except UnreadableError as error:
        raise unrecognized(kind, f"{UNTYPED}: {error}", request.body) from error


def body_value(request: Request) -> Any:
    """As ``body_object``, but for ``UnreadableError`` where the body is no JSON."""
    media_type = content_type(request) or JSON
    if media_type == JSON:
        return _from_json(request.body)
    if media_type in _YAML_TYPES:
        return from_yaml(request.body)
    if media_type == protobuf.MEDIA_TYPE:
        return _from_protobuf(request.body)
    raise unsupported((JSON, YAML, protobuf.MEDIA_TYPE))


def unsupported(accepted: tuple[str, ...]) -> UnsupportedMediaType:
    listed = ", ".join(accepted)
    text = (
        f"the body of the request was in an unknown format - accepted media types include: {listed}"
    )
    return UnsupportedMediaType(text)


def patch_body(request: Request) -> Any:
    """The patch, which may be YAML only where it is an apply."""
    if content_type(request) == APPLY_PATCH:
        try:
            return yaml.load(request.body)
        except YamlError as error:
            raise refusals.bad_request(
                f"error encoding patch: yaml: {error.cause.removeprefix('line 1: ')}"
            ) from error
    try:
        return _from_json(request.body)
    except UnreadableError as error:
        raise unrecognized("Object", f"{UNTYPED}: {error}", request.body) from error


def require_patchable(request: Request, *, custom: bool) -> None:
    """UnsupportedMediaType for a kind of patch that is not known, or not known for this kind."""
    accepted = [JSON_PATCH, MERGE_PATCH, *([] if custom else [STRATEGIC_PATCH]), APPLY_PATCH]
    media_type = content_type(request)
    if media_type not in accepted and not custom:
        raise UnsupportedMediaType("415: Unsupported Media Type")
    if media_type not in accepted:
        raise unsupported(tuple(accepted))
    _require_apply_options(request, is_apply=media_type == APPLY_PATCH)


def _require_apply_options(request: Request, *, is_apply: bool) -> None:
    found = []
    if is_apply and not request.parameter("fieldManager"):
        required = "Required value: is required for apply patch"
        found.append(cause_of("FieldValueRequired", required, "fieldManager"))
    if not is_apply and request.parameters("force"):
        text = "Forbidden: may not be specified for non-apply patch"
        found.append(cause_of("FieldValueForbidden", text, "force"))
    if found:
        raise refusals.invalid("meta.k8s.io", "PatchOptions", "", found)


def from_yaml(body: bytes) -> Any:
    try:
        return yaml.load(body)
    except YamlError as error:
        raise refusals.bad_request(f"error converting YAML to JSON: yaml: {error}") from error


def _from_protobuf(body: bytes) -> Any:
    try:
        return protobuf.decode(body)
    except ValueError as error:
        raise refusals.bad_request(f"the object provided is unrecognized: {error}") from error


def _from_json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableError(unexpected(body.decode(errors="replace"), error.pos)) from error


def doubts(request: Request) -> tuple[str, ...]:
    """What strict decoding has against the text of the body: fields that are there twice."""
    if content_type(request) not in ("", JSON, MERGE_PATCH, STRATEGIC_PATCH):
        return ()
    if request.parameter("fieldValidation") == "Ignore" or not request.body:
        return ()
    return tuple(f'duplicate field "{path}"' for path in duplicate_fields(request.body))
