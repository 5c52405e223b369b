"""The measures, in the order in which they are taken. All times are in seconds."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, process_time

from bench.system import System
from bench.workload import DELIVERY, NAMESPACE, OBJECTS, Workload, delivery_ref, service_ref
from trueup.cluster.following import changes, until
from trueup.dialects.flux.names import REQUESTED_AT_ANNOTATION
from trueup.objects import Manifest, ObjectRef

_PATIENCE = 1800.0
_SETTLE = 3.0
_MANAGER = "bench"
_SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the API server alone can do here and now: all else is told as a ratio to it."""

    applies_per_second: float
    patch: float
    """Median of one patch after the other."""


async def baseline(system: System, count: int) -> Baseline:
    """Apply ``count`` ConfigMaps side by side, then patch one of them again and again."""
    client, slots = system.client, asyncio.Semaphore(_SIDE_BY_SIDE)

    async def apply(number: int) -> None:
        async with slots:
            await client.apply(_config_map(number), field_manager=_MANAGER, force=True)

    begun = monotonic()
    await asyncio.gather(*map(apply, range(count)))
    rate = count / (monotonic() - begun)
    ref = ObjectRef.of(_config_map(0))
    times = []
    for value in range(min(count, 200)):
        begun = monotonic()
        await client.patch(ref, {"data": {"key": str(value)}}, field_manager=_MANAGER)
        times.append(monotonic() - begun)
    return Baseline(rate, quantile(times, 0.5))


@dataclass(frozen=True, slots=True)
class Live:
    """Bringing everything live: seconds until the last one is, and seconds of CPU."""

    seconds: float
    cpu: float


async def bring_live(system: System, workload: Workload) -> Live:
    """Create source and deliveries at once, and wait for the last one."""
    begun, cpu = monotonic(), process_time()
    await system.client.create(workload.source(), field_manager=_MANAGER)
    for name in workload.names:
        await system.client.create(workload.delivery(name), field_manager=_MANAGER)
    await _live(system, workload.names, workload.head)
    return Live(monotonic() - begun, process_time() - cpu)


async def correct_drift(system: System, workload: Workload, count: int) -> list[float]:
    """Change a field of ``count`` Services by hand, one after the other; seconds until undone."""
    names = random.Random(1).sample(workload.names, min(count, len(workload.names)))
    return [await _drift(system, name) for name in names]


async def _drift(system: System, name: str) -> float:
    ref = service_ref(name)
    before = (await system.client.get(ref))["spec"]["selector"]
    begun = monotonic()
    by_hand = {"spec": {"selector": {"app": "somebody-else"}}}
    await system.client.patch(ref, by_hand, field_manager="kubectl-edit")

    def undone(obj: Manifest) -> float | None:
        return monotonic() - begun if obj["spec"]["selector"] == before else None

    return await until(system.client, ref, undone, timeout=60)


@dataclass(frozen=True, slots=True)
class Idle:
    """What nothing to do costs."""

    seconds: float
    cpu: float
    """Seconds of CPU."""
    calls: Counter[str]
    """API calls of the controllers, by method."""


async def idle(system: System, seconds: float) -> Idle:
    """Let what was begun come to its end, and watch a quiet time go by."""
    await system.controllers.home.told()
    await asyncio.sleep(_SETTLE)
    calls, cpu, begun = Counter(system.calls), process_time(), monotonic()
    await asyncio.sleep(seconds)
    return Idle(monotonic() - begun, process_time() - cpu, system.calls - calls)


@dataclass(frozen=True, slots=True)
class Commit:
    """One changed folder among all."""

    first: float
    """Seconds until the changed delivery is live."""
    all: float
    """Seconds until every delivery has noted the new revision."""
    cpu: float
    """Seconds of CPU for all that."""
    renders: int
    calls: Counter[str]
    """API calls of the controllers, by method."""


async def commit(system: System, workload: Workload) -> Commit:
    """Change one folder, ask the source to look, and follow the commit."""
    changed = workload.names[len(workload.names) // 2]
    renders, calls = system.renders, Counter(system.calls)
    head = workload.change(changed)
    begun, cpu = monotonic(), process_time()
    asked = {"metadata": {"annotations": {REQUESTED_AT_ANNOTATION: head}}}
    await system.client.patch(ObjectRef.of(workload.source()), asked, field_manager=_MANAGER)
    await until(system.client, delivery_ref(changed), _at(head), timeout=_PATIENCE)
    first = monotonic() - begun
    await _live(system, workload.names, head)
    return Commit(
        first,
        monotonic() - begun,
        process_time() - cpu,
        system.renders - renders,
        system.calls - calls,
    )


def resident_bytes() -> int:
    """Memory of this process that is in RAM; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def objects_of(workload: Workload) -> int:
    return len(workload.names) * OBJECTS


def quantile(values: Iterable[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, round(share * len(ordered) + 0.5) - 1)] if ordered else 0.0


async def _live(system: System, names: Iterable[str], revision: str) -> None:
    left, decide = set(names), _at(revision)
    async with (
        asyncio.timeout(_PATIENCE),
        aclosing(changes(system.client, DELIVERY, NAMESPACE)) as batches,
    ):
        async for batch in batches:
            left -= {e.object["metadata"]["name"] for e in batch if decide(e.object)}
            if not left:
                return


def _at(revision: str) -> Callable[[Manifest], bool | None]:
    """Whether a delivery is Ready at ``revision``, as ``until`` takes it."""

    def decide(delivery: Manifest) -> bool | None:
        status = delivery.get("status") or {}
        conditions = status.get("conditions") or ()
        ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
        return (ready and status.get("lastAppliedRevision", "").endswith(revision)) or None

    return decide


def _config_map(number: int) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"baseline-{number}", "namespace": "default"},
        "data": {"key": "value"},
    }
