"""Which revision a delivery has now, and which one it could go back to."""

from __future__ import annotations

from typing import Any

from trueup.cli.kinds import Subject
from trueup.errors import InputError
from trueup.objects import Manifest
from trueup.report import DeliveryRecord

_APPLIED = "Applied"


def commit_of(revision: str) -> str:
    """The commit id in ``main@sha1:…``."""
    return revision.rpartition(":")[2]


def delivered(delivery: Manifest) -> str:
    """The commit that was delivered last, for better or worse; empty if none was."""
    status: dict[str, Any] = delivery.get("status") or {}
    return commit_of(status.get("lastAttemptedRevision") or status.get("lastAppliedRevision") or "")


def revision_before(delivery: Manifest, record: DeliveryRecord, subject: Subject) -> str:
    """The commit that was live before the one that was delivered last. Raises InputError."""
    now = delivered(delivery)
    applied = commit_of((delivery.get("status") or {}).get("lastAppliedRevision") or "")
    if applied and applied != now:
        return applied
    for entry in record.history:
        if entry.result == _APPLIED and commit_of(entry.revision) != now:
            return commit_of(entry.revision)
    raise InputError(
        "no earlier revision that was live is on record",
        subject=str(subject),
        next_step="name one with --to",
    )


def named_revision(text: str, record: DeliveryRecord) -> str:
    """The commit that ``text`` names: a revision, a commit id, or the start of one on record.

    Raises InputError if it names none, or more than one.
    """
    wanted = commit_of(text).lower()
    known = {commit_of(entry.revision) for entry in record.history}
    found = {commit for commit in known if commit.startswith(wanted)}
    if len(wanted) in (40, 64):
        return wanted
    if len(wanted) < 4 or len(found) != 1:
        raise InputError(
            f"'{text}' is not one revision on record",
            next_step="write the whole commit id, or see: trueup history",
        )
    return found.pop()
