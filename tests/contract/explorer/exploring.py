"""One sequence on both servers, and the first place where they part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.contract.conftest import ADMIN
from tests.contract.explorer.comparing import Difference, parts
from tests.contract.explorer.namespaces import Namespaces
from tests.contract.explorer.operations import Exploration
from tests.contract.explorer.sending import BROKEN, Side, side, subject_of
from tests.contract.explorer.wording import Step
from tests.contract.server import Server
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.testing.kube import kube_server


@dataclass(frozen=True)
class Servers:
    real: Namespaces
    embedded: Namespaces


@asynccontextmanager
async def both(folder: Path, programs: Path) -> AsyncIterator[Servers]:
    """Both servers, with their files in ``folder``."""
    plane = ControlPlane(folder / "embedded")
    (folder / "real").mkdir()
    async with kube_server(folder / "real", programs) as running, running.transport() as transport:
        await plane.start()
        real = Server(transport, is_real=True, has_housekeeping=running.has_housekeeping)
        await real.wait_housekeeping()
        embedded = Server(InProcessTransport(plane, ADMIN))
        yield Servers(Namespaces(real), Namespaces(embedded))
        await plane.stop()


async def first_difference(servers: Servers, exploration: Exploration) -> Difference | None:
    async with side(servers.real, exploration) as real, side(servers.embedded, exploration) as ours:
        steps = [*exploration.steps, *last_looks(exploration)]
        needs_settling, codes = has_owners(exploration), []
        for index, step in enumerate(steps):
            answers = await asyncio.gather(real.answer(step), ours.answer(step))
            if answers[0] == BROKEN:  # kube-apiserver gives no answer to be like
                return None
            codes.append(answers[0]["code"])
            if found := _difference(index, subject_of(step, exploration.subjects).name, *answers):
                sort = sort_of(step)
                where = f"{sort} {found.subject}"
                return replace(found, where=where, sort=sort, codes=tuple(codes))
            if needs_settling:
                await asyncio.gather(real.settle(), ours.settle())
        found = await _watched_difference(real, ours, len(steps))
        return replace(found, codes=tuple(codes)) if found else None


async def _watched_difference(real: Side, ours: Side, index: int) -> Difference | None:
    for subject in real.subjects:
        if not subject.later:
            events = await asyncio.gather(real.events(subject), ours.events(subject))
            if found := _difference(index, subject.name, *events):
                return replace(found, where=f"watch {subject.name}", sort="watch")
    return None


def _difference(index: int, subject: str, real: Any, ours: Any) -> Difference | None:
    found = sorted(parts(real, ours), key=lambda part: (part[0][:1] == ("body",), part[0] == ()))
    return Difference(index, subject, *found[0], answer=real) if found else None


def last_looks(exploration: Exploration) -> list[Step]:
    return [{"send": f"GET {subject.place}"} for subject in exploration.subjects]


def has_owners(exploration: Exploration) -> bool:
    """Whether the collector of garbage may come by."""
    text = str(exploration.steps)
    return any(word in text for word in ("ownerReferences", "Foreground", "rphan"))


def sort_of(step: Step) -> str:
    """Verb or type of patch, and subresource."""
    method, _, target = step["send"].partition(" ")
    last = target.partition("?")[0].rpartition("/")[2]
    return f"{step.get('type', method)}{f' {last}' if last in {'status', 'scale'} else ''}"
