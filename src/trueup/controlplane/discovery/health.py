"""Health checks in the words of kube-apiserver: ``/healthz``, ``/livez`` and ``/readyz``."""

from __future__ import annotations

from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.status import page_not_found

_ROOTS = ("healthz", "livez", "readyz")
_CHECKS = ("ping", "log", "store")
_TEXT = {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}


def is_check(path: str) -> bool:
    return path.split("/")[1] in _ROOTS


def answer(request: Request, path: str) -> Response:
    """``ok``, or each check on a line where ``verbose`` is asked for."""
    _, root, *rest = path.split("/")
    if rest and (len(rest) > 1 or rest[0] not in _CHECKS):
        return page_not_found()
    if rest or not any(key == "verbose" for key, _ in request.query):
        return Response(200, dict(_TEXT), b"ok")
    lines = [f"[+]{check} ok" for check in _CHECKS]
    text = "\n".join([*lines, f"{root} check passed\n"])
    return Response(200, dict(_TEXT), text.encode())
