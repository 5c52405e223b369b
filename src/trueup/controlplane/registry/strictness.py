"""What happens to fields that nobody knows, or that are there twice: refused, warned of, dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.recognition import unhandled
from trueup.controlplane.registry.refusals import invalid
from trueup.controlplane.validation import causes
from trueup.errors import ApiError, BadRequest
from trueup.objects import GroupVersionKind


def report_unknown(call: Call, paths: Sequence[str], kind: GroupVersionKind | None = None) -> None:
    """Act on unknown and repeated fields as the call's ``fieldValidation`` says.

    ``kind``: what the body is to be, if not of the call's. BadRequest if it is Strict, or Invalid
    where the body is a patch; a warning each if it is Warn.
    """
    problems = [*call.doubts, *(f'unknown field "{path}"' for path in paths)]
    if not problems or call.field_validation == "Ignore":
        return
    if call.field_validation == "Strict":
        text = f"strict decoding error: {', '.join(problems)}"
        wanted = kind or call.resource.gvk
        raise patch_refusal(text) if call.is_patch else unhandled(wanted, wanted, text)
    for problem in problems:
        call.warn(problem)


@contextmanager
def decoding(call: Call) -> Iterator[None]:
    """What the patched object's type cannot hold is the patch's fault: Invalid, not BadRequest."""
    try:
        yield
    except BadRequest as error:
        if not call.is_patch:
            raise
        cause = error.cause.partition(" cannot be handled as a ")[2].partition(": ")[2]
        cause = cause or error.cause
        raise patch_refusal(cause) from error


def patch_refusal(text: str) -> ApiError:
    """Of a patch that makes of an object what is none of its kind."""
    # The patched object is not shown, unlike in Kubernetes: it may be a Secret.
    return invalid("", "", "", [causes.invalid("patch", causes.OMITTED, text)])
