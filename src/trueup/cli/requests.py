"""What a person asks of a source or a delivery, and waiting for the answer."""

from __future__ import annotations

from datetime import UTC, datetime

from trueup.cli import state
from trueup.cli.kinds import Subject
from trueup.cli.printers.progress import Progress
from trueup.cli.printers.words import short_hex
from trueup.cluster import Client, following
from trueup.dialects.flux.names import REQUESTED_AT_ANNOTATION
from trueup.errors import InputError, TrueupError
from trueup.objects import Manifest

MANAGER = "trueup"
"""The field manager of what is done by hand on this command line."""


class NotReady(TrueupError):
    """It failed, or did not become ready in time."""


async def request_reconcile(client: Client, subject: Subject) -> str:
    """Ask for a reconcile now; returns the token that the status will echo.

    Raises InputError if the object is suspended.
    """
    if state.is_suspended(await client.get(subject.ref)):
        raise InputError(
            "is suspended",
            subject=str(subject),
            next_step=f"resume it first: trueup resume {subject}",
        )
    token = datetime.now(UTC).isoformat()
    await patch(client, subject, {"metadata": {"annotations": {REQUESTED_AT_ANNOTATION: token}}})
    return token


async def patch(client: Client, subject: Subject, change: Manifest) -> Manifest:
    """Merge ``change`` into the object; the server's answer."""
    return await client.patch(subject.ref, change, type="merge", field_manager=MANAGER)


async def wait_ready(
    client: Client, subject: Subject, *, timeout: float, token: str = "", revision: str = ""
) -> Manifest:
    """The object once it is ready, telling its progress meanwhile.

    With ``token`` it is the answer to that request that counts; with ``revision`` this commit
    must be the one that is live, and only its failures count. Raises NotReady with the reason.
    """
    seen: Manifest = {}

    def decide(obj: Manifest) -> Manifest | None:
        nonlocal seen
        seen = obj
        progress.say(f"{subject}: {_situation(obj, token)}")
        found = state.verdict(obj, token)
        if found is None:
            return None
        if not found.succeeded and not state.has_tried(subject.kind, obj, revision):
            return None
        if not found.succeeded:
            raise NotReady(found.message, subject=str(subject))
        return obj if state.revision(subject.kind, obj).endswith(revision) else None

    with Progress() as progress:
        try:
            return await following.until(client, subject.ref, decide, timeout=timeout)
        except TimeoutError:
            cause = f"not ready after {timeout:g} s: {_situation(seen, token)}"
            raise NotReady(cause, subject=str(subject)) from None


def _situation(obj: Manifest, token: str) -> str:
    """What Ready says, but where that is old news."""
    handled = (obj.get("status") or {}).get("lastHandledReconcileAt") == token
    if token and not handled and not state.is_running(obj):
        return "waiting for a controller to take up the request"
    return short_hex(state.ready(obj)[1])
