"""Refusals as ``Status`` objects."""

from __future__ import annotations

from typing import Any

import orjson

from trueup.controlplane.http.message import Response
from trueup.controlplane.http.negotiation import JSON, YAML, prefers_yaml
from trueup.errors import ApiError, Gone
from trueup.objects import yaml

_DETAILED = ("Forbidden", "Invalid", "MethodNotAllowed", "NotFound")
"""Reasons whose statuses have details even when these are empty."""


def failure(error: ApiError) -> dict[str, Any]:
    """The Status of ``error``."""
    status: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": dict(error.list_metadata) if isinstance(error, Gone) else {},
        "status": "Failure",
        "message": error.cause,
    }
    if error.reason:
        status["reason"] = error.reason
    if error.details or error.reason in _DETAILED:
        status["details"] = error.details
    return {**status, "code": error.code}


def failure_response(error: ApiError, accept: str = "") -> Response:
    """In YAML to whom that is dearest."""
    headers = {"content-type": YAML if prefers_yaml(accept) else JSON}
    retry = error.details.get("retryAfterSeconds")
    if isinstance(retry, int) and retry:
        headers["retry-after"] = str(retry)
    status = failure(error)
    text = yaml.dump(status).encode() if prefers_yaml(accept) else orjson.dumps(status)
    return Response(error.code, headers, text)


def success(details: dict[str, Any] | None = None, code: int = 0) -> bytes:
    """The Status that answers a delete, or a write of something that is not kept."""
    status: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
    }
    if details is not None:
        status["details"] = details
    if code:
        status["code"] = code
    return orjson.dumps(status)


def page_not_found() -> Response:
    """The answer at a path that belongs to no API, which is no Status."""
    headers = {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}
    return Response(404, headers, b"404 page not found\n")


def json_response(body: bytes, code: int = 200) -> Response:
    return Response(code, {"content-type": JSON}, body)
