"""Query parameters and bodies to the registry's options."""

from __future__ import annotations

from typing import Any

import orjson

from trueup.controlplane import protobuf
from trueup.controlplane.http.duplicates import duplicate_fields
from trueup.controlplane.http.message import Request
from trueup.controlplane.http.parameters import is_true, number
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.bodies import SCHEME
from trueup.controlplane.registry.deleting import DeleteOptions
from trueup.controlplane.registry.patching import (
    APPLY_PATCH,
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_PATCH,
)
from trueup.controlplane.validation import causes
from trueup.errors import UnsupportedMediaType, YamlError
from trueup.objects import yaml

_JSON = "application/json"
_YAML = ("application/yaml", "application/x-yaml", "text/yaml")
_LONGEST_MANAGER = 128
_SHOWN = 30
"""Bytes of a body that a refusal shows."""
_POLICIES = ("Foreground", "Background", "Orphan")
_VALIDATIONS = ("", "Ignore", "Warn", "Strict")


def content_type(request: Request) -> str:
    """The media type of the body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def body_object(request: Request, kind: str = "Object") -> Any:
    """The body as JSON-like data; BadRequest if it does not parse, UnsupportedMediaType.

    ``kind`` is what it should be, for the words of a refusal.
    """
    media_type = content_type(request) or _JSON
    if media_type == _JSON:
        return _from_json(request.body, kind)
    if media_type in _YAML:
        return from_yaml(request.body)
    if media_type == protobuf.MEDIA_TYPE:
        return _from_protobuf(request.body)
    raise unsupported(media_type, (_JSON, "application/yaml", protobuf.MEDIA_TYPE))


def unsupported(media_type: str, accepted: tuple[str, ...]) -> UnsupportedMediaType:
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
    return _from_json(request.body, "Object")


def require_patchable(request: Request, *, custom: bool) -> None:
    """UnsupportedMediaType for a kind of patch that is not known, or not known for this kind."""
    accepted = [JSON_PATCH, MERGE_PATCH, *([] if custom else [STRATEGIC_PATCH]), APPLY_PATCH]
    media_type = content_type(request)
    if media_type not in accepted:
        raise unsupported(media_type, tuple(accepted))
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


def cause_of(reason: str, message: str, field: str) -> dict[str, str]:
    return {"reason": reason, "message": message, "field": field}


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


def _from_json(body: bytes, kind: str) -> Any:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise unrecognized(kind, _go_words(body, error), body) from error
    if kind != "Object" and isinstance(found, list):
        type_ = (
            'struct { APIVersion string "json:\\"apiVersion,omitempty\\"";'
            ' Kind string "json:\\"kind,omitempty\\"" }'
        )
        words = f"json: cannot unmarshal array into Go value of type {type_}"
        raise unrecognized(kind, words, body)
    return found


def unrecognized(kind: str, words: str, body: bytes) -> Exception:
    """The refusal of a body that says of no kind that it is of it."""
    cause = f"couldn't get version/kind; json parse error: {words} ({_summary(body)})"
    return refusals.bad_request(
        f"the object provided is unrecognized (must be of type {kind}): {cause}"
    )


def _go_words(body: bytes, error: orjson.JSONDecodeError) -> str:
    """What Go's decoder says of text that ends too early, or goes wrong at some place."""
    if error.pos >= len(body.decode(errors="replace").rstrip()):
        return "unexpected end of JSON input"
    wrong = body.decode(errors="replace")[error.pos]
    return f"invalid character '{wrong}' looking for beginning of value"


def _summary(body: bytes) -> str:
    if not body:
        return "<empty>"
    more = " ..." if len(body) > _SHOWN else ""
    shown = body[:_SHOWN]
    return (shown.decode(errors="replace") if body.startswith(b"{") else shown.hex()) + more


def dry_run(request: Request, kind: str) -> bool:
    return _is_dry([value for value in request.parameters("dryRun") if value], kind)


def _is_dry(values: list[Any], kind: str) -> bool:
    if any(value != "All" for value in values):
        text = f'Unsupported value: {orjson.dumps(values).decode()}: supported values: "All"'
        raise refusals.invalid(
            "meta.k8s.io", kind, "", [cause_of("FieldValueNotSupported", text, "dryRun")]
        )
    return bool(values)


def field_manager(request: Request, kind: str) -> str:
    """The parameter, or the first word of the user agent, as the apiserver guesses it."""
    named = request.parameter("fieldManager")
    if len(named.encode()) > _LONGEST_MANAGER:
        text = f"Too long: may not be more than {_LONGEST_MANAGER} bytes"
        cause = cause_of("FieldValueTooLong", text, "fieldManager")
        raise refusals.invalid("meta.k8s.io", kind, "", [cause])
    if not named.isprintable():
        at, letter = next((at, c) for at, c in enumerate(named) if not c.isprintable())
        where = f"invalid character U+{ord(letter):04X} (at position {at})"
        text = f"Invalid value: {causes.quoted(named)}: {where}"
        cause = cause_of("FieldValueInvalid", text, "fieldManager")
        raise refusals.invalid("meta.k8s.io", kind, "", [cause])
    if named:
        return named
    agent = request.headers.get("user-agent", "")
    return (agent.partition("/")[0] or "unknown")[:_LONGEST_MANAGER]


def shown(request: Request) -> dict[str, Any]:
    """The options as admission is shown them: those that were given."""
    found: dict[str, Any] = {}
    for name, value in request.query:
        if name in ("fieldManager", "fieldValidation") and value:
            found[name] = value
        elif name == "dryRun" and value:
            found[name] = [*found.get(name, ()), value]
    return found


def doubts(request: Request) -> tuple[str, ...]:
    """What strict decoding has against the text of the body: fields that are there twice."""
    if content_type(request) not in ("", _JSON, MERGE_PATCH, STRATEGIC_PATCH):
        return ()
    if request.parameter("fieldValidation") == "Ignore" or not request.body:
        return ()
    return tuple(f'duplicate field "{path}"' for path in duplicate_fields(request.body))


def field_validation(request: Request, kind: str) -> str:
    value = request.parameter("fieldValidation")
    if value not in _VALIDATIONS:
        cause = {
            "reason": "FieldValueNotSupported",
            "message": f'Unsupported value: "{value}": supported values: "", "Ignore", "Strict", "Warn"',
            "field": "fieldValidation",
        }
        raise refusals.invalid("meta.k8s.io", kind, "", [cause])
    return value or "Warn"


def delete_options(request: Request) -> DeleteOptions:
    return DeleteOptions.of(delete_fields(request))


def delete_fields(request: Request) -> dict[str, Any]:
    """The options of a deletion: from the body, or from the query where there is no body."""
    fields = body_object(request) if request.body.strip() else _deletion_in_query(request)
    if not isinstance(fields, dict):
        raise refusals.bad_request("the object provided is unrecognized (must be of type Object)")
    kind, api_version = fields.get("kind"), fields.get("apiVersion") or "meta.k8s.io/v1"
    if kind not in {None, "", "DeleteOptions"}:
        raise refusals.bad_request(
            f'no kind "{kind}" is registered for version "{api_version}" in scheme "{SCHEME}"'
        )
    DeleteOptions.of(fields)  # of what types they are comes before what they say
    _require_one_policy(fields)
    return fields


def _deletion_in_query(request: Request) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if policies := request.parameters("propagationPolicy"):
        fields["propagationPolicy"] = policies[0]
    seconds = number(request, "gracePeriodSeconds")
    if seconds is not None:
        fields["gracePeriodSeconds"] = seconds
    if request.parameters("orphanDependents"):
        fields["orphanDependents"] = is_true(request, "orphanDependents")
    return fields


def _require_one_policy(fields: dict[str, Any]) -> None:
    policy = fields.get("propagationPolicy")
    if policy is None:
        return
    found = []
    if fields.get("orphanDependents") is not None:
        text = "orphanDependents and deletionPropagation cannot be both set"
        message = f'Invalid value: "{policy}": {text}'
        found.append(cause_of("FieldValueInvalid", message, "propagationPolicy"))
    elif policy not in _POLICIES:
        supported = ", ".join(f'"{name}"' for name in (*_POLICIES, "nil"))
        message = f'Unsupported value: "{policy}": supported values: {supported}'
        found.append(cause_of("FieldValueNotSupported", message, "propagationPolicy"))
    if found:
        raise refusals.invalid("meta.k8s.io", "DeleteOptions", "", found)


def delete_is_dry(request: Request) -> bool:
    if not request.body.strip():
        return dry_run(request, "DeleteOptions")
    body = body_object(request)
    values = body.get("dryRun") if isinstance(body, dict) else None
    return _is_dry(values, "DeleteOptions") if isinstance(values, list) else False
