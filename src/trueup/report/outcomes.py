"""What the outcomes of applying and pruning say to people: lines, counts, drifts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from trueup.apply import Done, Outcome
from trueup.plan.decide import Cause
from trueup.plan.diff import FieldChange
from trueup.report.entries import (
    ChangeCounts,
    Drift,
    DriftAction,
    DriftedField,
    DriftType,
    FieldManager,
)

_TYPES: dict[Cause, DriftType] = {
    Cause.DRIFT_CHANGED: "Changed",
    Cause.DRIFT_DELETED: "Deleted",
    Cause.DRIFT_REPLACED: "Replaced",
}
_MOST_FAILURES = 20
_WROTE = (Done.CREATED, Done.CONFIGURED, Done.DELETED)


def change_lines(outcomes: Iterable[Outcome]) -> list[str]:
    """``Deployment/apps/web configured``, one line for each object that was written."""
    return [f"{outcome.ref} {outcome.done}" for outcome in outcomes if outcome.done in _WROTE]


def history_lines(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """``configured Deployment/apps/web``, as a record keeps it; failures come first."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.done is not Done.FAILED)
    kept = (*_WROTE, Done.FAILED)
    return tuple(f"{outcome.done} {outcome.ref}" for outcome in ordered if outcome.done in kept)


def counts(outcomes: Iterable[Outcome]) -> ChangeCounts:
    found = Counter(str(outcome.done) for outcome in outcomes)
    names = ChangeCounts.__dataclass_fields__
    return ChangeCounts(**{name: found[name] for name in names})


def failure_message(failures: Sequence[Outcome]) -> str:
    """The failed objects by name, each with its cause; beyond the first few, their number."""
    lines = [_failure(outcome) for outcome in failures[:_MOST_FAILURES]]
    if more := len(failures) - len(lines):
        lines.append(f"and {more} more objects")
    return "\n".join(lines)


def _failure(outcome: Outcome) -> str:
    error = str(outcome.error) if outcome.error else outcome.reason
    name = str(outcome.ref)
    return error if error.startswith(name) else f"{name}: {error}"


def drift_of(outcome: Outcome, now: str) -> Drift:
    """The drift that ``outcome`` undid, or tried to."""
    assert outcome.cause is not None
    return Drift(
        time=now,
        object=outcome.ref,
        type=_TYPES[outcome.cause],
        action=_action(outcome),
        fields=tuple(map(_field, outcome.drifted)),
        managers=tuple(
            FieldManager(author.manager, author.operation, author.time, author.subresource)
            for author in outcome.authors
        ),
        message=str(outcome.error) if outcome.error else outcome.reason,
    )


def drift_line(drift: Drift) -> str:
    """One line for an event: what was found, by whom, and what was done."""
    fields = ", ".join(f"{f.path} {f.found or '(none)'}" for f in drift.fields)
    hands = ", ".join(manager.manager for manager in drift.managers)
    what = f"{drift.object} was {drift.type.lower()}"
    by = f" by {hands}" if hands else ""
    return f"{what}{by}{f': {fields}' if fields else ''}; {_DONE.get(drift.action, drift.action.lower())}"


_DONE: dict[str, str] = {"BackingOff": "backing off"}


def _action(outcome: Outcome) -> DriftAction:
    match outcome.done:
        case Done.CREATED:
            return "Recreated"
        case Done.CONFIGURED:
            return "Recreated" if outcome.recreated else "Corrected"
        case Done.WAITING:
            return "BackingOff"
        case Done.FAILED:
            return "Failed"
        case _:
            return "Reported"


def _field(change: FieldChange) -> DriftedField:
    """``change`` goes from what was found to what is expected."""
    return DriftedField.between(change.path, change.after, change.before)
