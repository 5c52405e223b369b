"""Errors on the way to an artifact, told as the conditions of a source tell them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from trueup.dialects.flux.gitstatus import Obstacle
from trueup.dialects.flux.names import Condition, Reason
from trueup.errors import TrueupError
from trueup.fetch.git import GitError


@contextmanager
def telling(
    what: str,
    reason: str = Reason.GIT_OPERATION_FAILED,
    *,
    condition: str = Condition.FETCH_FAILED,
    stalled: bool = False,
) -> Iterator[None]:
    """Makes an Obstacle of what goes wrong inside; ``what`` says what that is."""
    try:
        yield
    except GitError as error:
        if error.trouble == "empty":
            raise Obstacle(error.cause, Reason.EMPTY_GIT_REPOSITORY) from error
        raise Obstacle(f"{what}: {error}", reason, condition=condition) from error
    except TrueupError as error:
        raise Obstacle(f"{what}: {error}", reason, condition=condition, stalled=stalled) from error


def as_obstacle(error: TrueupError) -> Obstacle:
    """``error`` itself, or one that says that fetching failed."""
    if isinstance(error, Obstacle):
        return error
    return Obstacle(str(error), Reason.GIT_OPERATION_FAILED)
