"""Telling how a delivery fares: its status, its Events, and the record that outlives both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from trueup.apply import Outcome
from trueup.controllers.deliveries.memory import Memory, applied_objects
from trueup.controllers.deliveries.runs import Key, Run
from trueup.controllers.home import Home
from trueup.dialects.contract import DeliveryDialect
from trueup.objects import Manifest, ObjectRef
from trueup.plan.decide import Remembered
from trueup.report import HistoryEntry
from trueup.report.conditions import find
from trueup.report.outcomes import (
    change_lines,
    counts,
    drift_line,
    drift_of,
    history_lines,
)
from trueup.report.report import Attempt, Phase, Report
from trueup.report.times import duration_of, timestamp

DRIFT = "DriftDetected"
"""The reason of Events about drift."""


class Reporter:
    """Writes only what says something new."""

    def __init__(self, home: Home, memory: Memory, dialect: DeliveryDialect) -> None:
        self._home = home
        self._memory = memory
        self._dialect = dialect

    # Reading what was told before

    def attempt(self, resource: Manifest) -> Attempt:
        """The attempt to make ``resource`` live, with no revision yet."""
        generation = resource["metadata"].get("generation", 0)
        requested, now = self._dialect.requested_at(resource), self._now()
        return Attempt(generation, "", "", requested, timestamp(now))

    def inventory(self, resource: Mapping[str, Any]) -> list[ObjectRef]:
        return self._dialect.inventory_of(self._home.status_of(resource))

    def is_live(self, resource: Mapping[str, Any], attempt: Attempt) -> bool:
        """Whether the status says that ``attempt`` is live already."""
        status = self._home.status_of(resource)
        same = self._dialect.applied_revision(status) == attempt.revision
        return same and self._dialect.is_ready({**resource, "status": status})

    def new_run(self, resource: Manifest, attempt: Attempt, key: Key) -> Run:
        cause = self._cause(resource, attempt)
        return Run(key, self._now(), self._home.clock.seconds(), cause)

    def _cause(self, resource: Manifest, attempt: Attempt) -> str:
        """Why there is something to do, as a record says it."""
        status = self._home.status_of(resource)
        if self._dialect.applied_revision(status) != attempt.revision:
            return "new revision"
        if not self._dialect.is_ready({**resource, "status": status}):
            ready = find(status.get("conditions") or (), "Ready") or {}
            return "retry" if ready.get("observedGeneration") == attempt.generation else "new spec"
        if attempt.requested_at != (status.get("lastHandledReconcileAt") or ""):
            return "requested"
        return "drift"

    # Telling

    async def progress(
        self, resource: Manifest, report: Report, inventory: Sequence[ObjectRef] | None = None
    ) -> None:
        """Say what goes on, and put ``inventory`` in place if there is one."""
        status = self._dialect.status_of(self._home.status_of(resource), report)
        if inventory is not None:
            status = self._dialect.with_inventory(status, inventory)
        await self._write(resource, status)

    async def applied(
        self,
        resource: Manifest,
        report: Report,
        run: Run,
        digest: str,
        inventory: Sequence[ObjectRef],
    ) -> None:
        """Everything is live."""
        before = self._home.status_of(resource)
        is_news = bool(run.written) or not self._dialect.is_ready({**resource, "status": before})
        status = self._dialect.with_inventory(self._dialect.status_of(before, report), inventory)
        if is_news or status != before:
            seconds = self._home.clock.seconds() - run.since
            status = self._dialect.with_history(status, report, digest, seconds)
        if is_news:
            self._record(resource, report, run)
        await self._write(resource, status)
        if is_news:
            self._say_changes(resource, report, run)
            self._say_finished(resource, report, run)

    async def set_back(
        self, resource: Manifest, report: Report, run: Run | None, *, warn: bool
    ) -> None:
        """It does not go on; ``warn`` where somebody has to do something about it."""
        before = self._home.status_of(resource)
        status = self._dialect.status_of(before, report)
        is_news = _ready_message(before) != _ready_message(status)
        if is_news and run is not None and warn:
            seconds = self._home.clock.seconds() - run.since
            status = self._dialect.with_history(status, report, run.key[-1], seconds)
        if is_news and warn:
            self._record(resource, report, run)
        await self._write(resource, status)
        if is_news:
            if run is not None:
                self._say_changes(resource, report, run)
            self._say(resource, report, report.message, warning=warn)

    def remember(
        self,
        resource: Manifest,
        objects: Mapping[ObjectRef, Remembered],
        drifts: Iterable[Outcome],
    ) -> None:
        """Keep what was applied, and the drifts that were found on the way.

        It is written with the next status: what a crash loses of it is applied once more, to no
        effect.
        """
        before = self._memory.record(resource)
        record = before.with_objects(applied_objects(objects))
        for outcome in drifts:
            drift = drift_of(outcome, timestamp(self._now()))
            before_that = next((d for d in record.drifts if d.object == drift.object), None)
            if drift.action == "BackingOff" and before_that is not None:
                if before_that.action == "BackingOff":
                    continue  # said already; a fight must not flood the API
                drift = replace(drift, managers=before_that.managers)
            record = record.with_drift(drift)
            self._home.say(
                resource,
                DRIFT,
                drift_line(record.drifts[0]),
                component=self._dialect.component,
                warning=True,
            )
        if record != before:
            self._memory.change(record)

    def forget_objects(self, resource: Manifest, refs: Collection[ObjectRef]) -> None:
        known = self._memory.remembered(resource)
        left = {ref: item for ref, item in known.items() if ref not in refs}
        if len(left) != len(known):
            self.remember(resource, left, ())

    def say(self, resource: Manifest, reason: str, message: str, *, warning: bool = False) -> None:
        self._home.say(
            resource, reason, message, component=self._dialect.component, warning=warning
        )

    async def release(self, resource: Manifest) -> None:
        """Take our finalizer off."""
        rest = [f for f in resource["metadata"].get("finalizers") or () if f != self._finalizer]
        await self._home.write_finalizers(resource, rest, manager=self._dialect.status_manager)

    async def hold(self, resource: Manifest) -> None:
        """Put our finalizer on, if it is not there."""
        present = resource["metadata"].get("finalizers") or []
        if self._finalizer not in present:
            await self._home.write_finalizers(
                resource, [*present, self._finalizer], manager=self._dialect.status_manager
            )

    def forget(self, ref: ObjectRef) -> None:
        self._home.forget(ref)
        self._memory.forget(ref)

    @property
    def _finalizer(self) -> str:
        return self._dialect.finalizer

    async def _write(self, resource: Manifest, status: Manifest) -> None:
        """The record first: who waits for the status may look there next."""
        await self._memory.store(ObjectRef.of(resource))
        await self._home.write_status(resource, status, manager=self._dialect.status_manager)

    def _record(self, resource: Manifest, report: Report, run: Run | None) -> None:
        outcomes = list(run.notable.values()) if run else []
        attempt, now = report.attempt, timestamp(self._now())
        is_applied = report.phase is Phase.APPLIED
        entry = HistoryEntry(
            revision=attempt.revision,
            started_at=timestamp(run.started) if run else now,
            finished_at=now,
            cause=run.cause if run else "new spec",
            result="Applied" if is_applied else self._dialect.reason_of(report),
            message=report.message,
            changes=counts(outcomes),
            objects=history_lines(outcomes),
            origin_revision=attempt.origin_revision,
        )
        self._memory.change(self._memory.record(resource).with_history(entry))

    def _say_changes(self, resource: Manifest, report: Report, run: Run) -> None:
        if lines := change_lines(run.notable.values()):
            self._say_progress(resource, report, "\n".join(lines))

    def _say_finished(self, resource: Manifest, report: Report, run: Run) -> None:
        if report.healthy_after is not None:
            healthy = f"Health check passed in {duration_of(report.healthy_after)}"
            self._say_progress(resource, report, healthy)
        took = duration_of(self._home.clock.seconds() - run.since)
        after = duration_of(report.next_run)
        self._say(resource, report, f"Reconciliation finished in {took}, next run in {after}")

    def _say_progress(self, resource: Manifest, report: Report, message: str) -> None:
        self._home.say(
            resource,
            "Progressing",
            message,
            component=self._dialect.component,
            annotations=self._dialect.event_metadata(report),
        )

    def _say(
        self, resource: Manifest, report: Report, message: str, *, warning: bool = False
    ) -> None:
        self._home.say(
            resource,
            self._dialect.reason_of(report),
            message,
            component=self._dialect.component,
            warning=warning,
            annotations=self._dialect.event_metadata(report),
        )

    def _now(self) -> datetime:
        return self._home.clock.now()


def _ready_message(status: Mapping[str, Any]) -> tuple[str, str] | None:
    ready = find(status.get("conditions") or (), "Ready")
    return None if ready is None else (str(ready["status"]), str(ready["message"]))
