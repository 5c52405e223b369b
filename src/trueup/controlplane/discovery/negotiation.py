"""OpenAPI documents as clients ask for them: only as JSON, and not again if they have it."""

from __future__ import annotations

from trueup.controlplane.http.message import Request, Response

_TYPES = ("application/json", "application/*", "*/*")


def negotiated(request: Request, response: Response, fingerprint: str) -> Response:
    """``response``, or 304 where the client has it, or 406 where it wants something else."""
    headers = {"vary": "Accept", "etag": f'"{fingerprint}"'}
    if not _accepts(request.headers.get("accept", "")):
        return Response(406, {"vary": "Accept"})
    if _has(request.headers.get("if-none-match", ""), headers["etag"]):
        return Response(304, headers)
    response.headers |= headers
    return response


def _accepts(accept: str) -> bool:
    wanted = [alternative.partition(";")[0].strip() for alternative in accept.split(",")]
    return not accept.strip() or any(each in _TYPES for each in wanted)


def _has(known: str, tag: str) -> bool:
    tags = [each.strip().removeprefix("W/") for each in known.split(",")]
    return tag in tags or "*" in tags
