"""What happens to fields that nobody knows: refused, warned of, or dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.refusals import bad_request


def report_unknown(call: Call, paths: Sequence[str]) -> None:
    """Act on unknown fields as the call's ``fieldValidation`` says; BadRequest if it is Strict."""
    report(call, [f'unknown field "{path}"' for path in paths])


def report(call: Call, problems: Sequence[str]) -> None:
    """Refuse, warn of or ignore what strict decoding objects to."""
    if not problems or call.field_validation == "Ignore":
        return
    if call.field_validation == "Strict":
        gvk = call.resource.gvk
        raise bad_request(
            f'{gvk.kind} in version "{gvk.version}" cannot be handled as a {gvk.kind}:'
            f" strict decoding error: {', '.join(problems)}"
        )
    for problem in problems:
        call.warn(problem)
