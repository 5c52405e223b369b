"""What a status reader finds: one of kstatus' statuses, with a message."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """The statuses of kstatus (https://github.com/kubernetes-sigs/cli-utils, pkg/kstatus)."""

    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    CURRENT = "Current"
    TERMINATING = "Terminating"
    NOT_FOUND = "NotFound"
    UNKNOWN = "Unknown"


class Result(NamedTuple):
    """One of kstatus' words, and why."""

    status: Status
    message: str = ""


def current(message: str) -> Result:
    return Result(Status.CURRENT, message)


def in_progress(message: str) -> Result:
    return Result(Status.IN_PROGRESS, message)


def failed(message: str) -> Result:
    return Result(Status.FAILED, message)
