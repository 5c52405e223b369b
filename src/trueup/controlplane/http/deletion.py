"""The options of a deletion: from the body, or from the query where there is no body."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.http.bodies import UnreadableError, body_value
from trueup.controlplane.http.message import Request
from trueup.controlplane.http.options import cause_of, dry_run, is_dry
from trueup.controlplane.http.parameters import is_true, number
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.deleting import DeleteOptions
from trueup.controlplane.registry.recognition import (
    UNTYPED,
    json_error,
    unexpected_version,
    unregistered,
)

_POLICIES = ("Foreground", "Background", "Orphan")


def delete_fields(request: Request) -> dict[str, Any]:
    """The options that were given; BadRequest or Invalid where they make no sense."""
    if not request.body.strip():
        fields = _in_query(request)
    else:
        fields = _in_body(request)
        _require_kind(fields)
    DeleteOptions.of(fields)  # of what types they are comes before what they say
    _require_one_policy(fields)
    return fields


def _in_query(request: Request) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if policies := request.parameters("propagationPolicy"):
        fields["propagationPolicy"] = policies[0]
    seconds = number(request, "gracePeriodSeconds")
    if seconds is not None:
        fields["gracePeriodSeconds"] = seconds
    if request.parameters("orphanDependents"):
        fields["orphanDependents"] = is_true(request, "orphanDependents")
    return fields


def _in_body(request: Request) -> dict[str, Any]:
    try:
        fields = body_value(request)
    except UnreadableError as error:
        raise refusals.bad_request(f"{UNTYPED}: {error}") from error
    if fields is not None and not isinstance(fields, dict):
        raise refusals.bad_request(f"{UNTYPED}: {json_error(fields)}")
    return fields or {}


def _require_kind(fields: dict[str, Any]) -> None:
    for name in ("apiVersion", "kind"):
        value = fields.get(name)
        if value is not None and not isinstance(value, str):
            wrong = json_error(value, f"struct field .{name} of type string")
            raise refusals.bad_request(f"{UNTYPED}: {wrong}")
    kind, api_version = fields.get("kind"), fields.get("apiVersion") or "meta.k8s.io/v1"
    if api_version.count("/") > 1:
        raise refusals.bad_request(unexpected_version(api_version))
    if kind not in {None, "", "DeleteOptions"}:
        raise refusals.bad_request(unregistered(kind, api_version))


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
    values = _in_body(request).get("dryRun")
    return is_dry(values, "DeleteOptions") if isinstance(values, list) else False
