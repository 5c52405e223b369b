"""What remotes say their references are: asked once for all who want to know at the same time."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from trueup.fetch.git.reference import Listing
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.store import run_checked

_KEPT_SECONDS = 60.0
"""No answer is of use for longer; it goes at the next question."""

_Question = tuple[Remote, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Answer:
    asked: float
    listing: Listing


class Listings:
    """Answers are shared only among those who ask with the same credentials."""

    def __init__(self) -> None:
        self._answers: dict[_Question, _Answer] = {}
        self._turns: defaultdict[_Question, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def ask(self, remote: Remote, flags: Sequence[str], *, max_age: float = 0) -> Listing:
        """The references that ``flags`` narrow down to, as they were at most ``max_age`` seconds
        before this call. Raises GitError.
        """
        question = (remote, tuple(flags))
        oldest = time.monotonic() - max_age
        async with self._turns[question]:
            known = self._answers.get(question)
            if known is not None and known.asked >= oldest:
                return known.listing
            asked = time.monotonic()
            listing = await _list(remote, flags)
            self._forget_old(asked)
            self._answers[question] = _Answer(asked, listing)
            return listing

    def _forget_old(self, now: float) -> None:
        for question, answer in list(self._answers.items()):
            if answer.asked < now - _KEPT_SECONDS:
                del self._answers[question]
        for question, turn in list(self._turns.items()):
            if question not in self._answers and not turn.locked():
                del self._turns[question]


async def _list(remote: Remote, flags: Sequence[str]) -> Listing:
    lines = await run_checked(remote, ["ls-remote", "--quiet", *flags, "--", remote.url.text])
    pairs = (line.split("\t", 1) for line in lines.splitlines() if "\t" in line)
    return {name: object_id for object_id, name in pairs}
