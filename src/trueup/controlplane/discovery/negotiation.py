"""OpenAPI documents as clients ask for them: in which form, and not again if they have it."""

from __future__ import annotations

from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.negotiation import ANY, JSON, alternatives

_JSON = (JSON, "application/*", ANY)


def wanted_type(request: Request, *more: str) -> str:
    """JSON, or one of ``more`` media types, whichever is wanted most; empty if none is."""
    accept = request.headers.get("accept", "")
    if not accept.strip():
        return JSON
    for media_type, _ in alternatives(accept):
        if media_type in more:
            return media_type
        if media_type in _JSON:
            return JSON
    return ""


def negotiated(request: Request, response: Response, fingerprint: str) -> Response:
    """``response``, or 304 where the client has it."""
    headers = {"vary": "Accept", "etag": f'"{fingerprint}"'}
    if _has(request.headers.get("if-none-match", ""), headers["etag"]):
        return Response(304, headers)
    response.headers |= headers
    return response


def nothing_acceptable() -> Response:
    return Response(406, {"vary": "Accept"})


def _has(known: str, tag: str) -> bool:
    tags = [each.strip().removeprefix("W/") for each in known.split(",")]
    return tag in tags or "*" in tags
