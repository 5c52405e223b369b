"""Query parameters to the registry's options."""

from __future__ import annotations

from typing import Any

import orjson

from trueup.controlplane.http.message import Request
from trueup.controlplane.registry import refusals
from trueup.objects.gotext import quoted

_LONGEST_MANAGER = 128
_VALIDATIONS = ("", "Ignore", "Warn", "Strict")


def cause_of(reason: str, message: str, field: str) -> dict[str, str]:
    return {"reason": reason, "message": message, "field": field}


def dry_run(request: Request, kind: str) -> bool:
    return is_dry([value for value in request.parameters("dryRun") if value], kind)


def is_dry(values: list[Any], kind: str) -> bool:
    """Whether ``values`` of an option of ``kind`` ask for a dry run; Invalid if for anything else."""
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
        text = f"Invalid value: {quoted(named)}: {where}"
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
