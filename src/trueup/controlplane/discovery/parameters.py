"""The parameters of requests, by what they are for; and of what type each is."""

from __future__ import annotations

from typing import Any

LIST = frozenset(
    {
        "allowWatchBookmarks",
        "continue",
        "fieldSelector",
        "labelSelector",
        "limit",
        "resourceVersion",
        "resourceVersionMatch",
        "sendInitialEvents",
        "timeoutSeconds",
        "watch",
    }
)
READ = frozenset({"resourceVersion"})
WRITE = frozenset({"dryRun", "fieldManager", "fieldValidation"})
PATCH = WRITE | {"force"}
DELETE = frozenset({"dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"})
DELETE_COLLECTION = (LIST - {"allowWatchBookmarks", "watch"}) | DELETE
LOG = frozenset(
    {
        "container",
        "follow",
        "insecureSkipTLSVerifyBackend",
        "limitBytes",
        "previous",
        "sinceSeconds",
        "stream",
        "tailLines",
        "timestamps",
    }
)
_TERMINAL = frozenset({"container", "stderr", "stdin", "stdout", "tty"})
CONNECT = {
    "attach": _TERMINAL,
    "exec": _TERMINAL | {"command"},
    "portforward": frozenset({"ports"}),
    "proxy": frozenset({"path"}),
}
"""By subresource through which one talks to what runs."""

REST = "{path}"
"""What of the path comes after ``proxy/``; there is a query parameter of the same name."""

_IN_PATH = frozenset({"name", "namespace", REST})
_BOOLEANS = frozenset(
    {
        "allowWatchBookmarks",
        "follow",
        "force",
        "insecureSkipTLSVerifyBackend",
        "orphanDependents",
        "previous",
        "sendInitialEvents",
        "timestamps",
        "watch",
    }
    | (_TERMINAL - {"container"})
)
_INTEGERS = frozenset(
    {
        "gracePeriodSeconds",
        "limit",
        "limitBytes",
        "ports",
        "sinceSeconds",
        "tailLines",
        "timeoutSeconds",
    }
)


def place_of(name: str) -> dict[str, Any]:
    """``{"name", "in"}``, and that it is required where it is part of the path."""
    if name in _IN_PATH:
        return {"name": name.strip("{}"), "in": "path", "required": True}
    return {"name": name, "in": "query"}


def type_of(name: str) -> dict[str, Any]:
    found = "boolean" if name in _BOOLEANS else "integer" if name in _INTEGERS else "string"
    return {"type": found, "uniqueItems": True}
