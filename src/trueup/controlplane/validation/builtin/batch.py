"""Jobs and cron jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trueup.controlplane.validation.builtin import selectors
from trueup.controlplane.validation.builtin.paths import not_negative, one_of, unchanged
from trueup.controlplane.validation.builtin.pods import template_problems
from trueup.controlplane.validation.causes import (
    Cause,
    child,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest
from trueup.objects.manifest import copy

_COUNTS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
)
_FIXED = (
    "spec.completions",
    "spec.selector",
    "spec.completionMode",
    "spec.podFailurePolicy",
    "spec.backoffLimitPerIndex",
    "spec.managedBy",
    "spec.successPolicy",
)
_SCHEDULING = ("nodeSelector", "tolerations", "schedulingGates", "affinity")
_PREDEFINED = frozenset(
    f"@{name}"
    for name in ("yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly")
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_DAYS = "sun mon tue wed thu fri sat"
_CRON_FIELDS: tuple[tuple[str, int, int, str], ...] = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day of month", 1, 31, ""),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)


def job(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    yield from _job_spec(spec, "spec")
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
    else:
        yield from selectors.selector_problems(selector, "spec.selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if selector is None or (
        selectors.is_usable(selector) and not selectors.matches(selector, labels or {})
    ):
        detail = "`selector` does not match template `labels`"
        yield invalid("spec.template.metadata.labels", labels, detail)


def job_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    """A suspended job that never started may still be scheduled differently."""
    spec, before = new["spec"], old["spec"]
    fixed = list(_FIXED)
    if spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get(
        "parallelism"
    ):
        fixed.remove("spec.completions")
    yield from unchanged(new, old, fixed)
    template, was = copy(spec.get("template")), before.get("template")
    suspended = before.get("suspend") and not (old.get("status") or {}).get("startTime")
    if suspended and isinstance(template, dict) and isinstance(was, dict):
        for name in _SCHEDULING:
            template.setdefault("spec", {}).pop(name, None)
            if name in (was.get("spec") or {}):
                template["spec"][name] = was["spec"][name]
        for part in ("labels", "annotations"):
            if part in (was.get("metadata") or {}):
                template.setdefault("metadata", {})[part] = was["metadata"][part]
    if template != was:
        yield invalid("spec.template", spec.get("template"), "field is immutable")


def cron_job(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    schedule, zone = str(spec.get("schedule") or ""), spec.get("timeZone")
    if not schedule:
        yield required("spec.schedule")
    else:
        yield from _schedule(schedule, "spec.schedule")
    counts = ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    yield from not_negative(obj, [f"spec.{name}" for name in counts])
    yield from one_of(obj, {"spec.concurrencyPolicy": ("Allow", "Forbid", "Replace")})
    if zone is not None:
        yield from _time_zone(str(zone), "spec.timeZone")
    yield from _job_spec((spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec")


def _job_spec(spec: Manifest, path: str) -> Iterator[Cause]:
    for name in _COUNTS:
        value = spec.get(name)
        if isinstance(value, int) and value < 0:
            detail = "must be greater than or equal to 0"
            yield invalid(child(path, name), value, detail)
    mode = spec.get("completionMode")
    if mode not in {None, "NonIndexed", "Indexed"}:
        yield unsupported(child(path, "completionMode"), mode, ("NonIndexed", "Indexed"))
    if mode == "Indexed" and spec.get("completions") is None:
        yield required(child(path, "completions"), "when completion mode is Indexed")
    template = spec.get("template") or {}
    yield from template_problems(template, child(path, "template"))
    policy = (template.get("spec") or {}).get("restartPolicy") or ""
    place = child(path, "template.spec.restartPolicy")
    if policy in {"", "Always"}:
        yield required(place, 'valid values: "OnFailure", "Never"')
    elif policy not in {"OnFailure", "Never"}:
        yield unsupported(place, policy, ("OnFailure", "Never"))
    elif policy != "Never" and spec.get("podFailurePolicy") is not None:
        detail = 'only "Never" is supported when podFailurePolicy is specified'
        yield invalid(place, policy, detail)


def _time_zone(zone: str, path: str) -> Iterator[Cause]:
    if not zone:
        yield invalid(path, zone, "timeZone must be nil or non-empty string")
    elif zone.lower() == "local":
        yield invalid(
            path,
            zone,
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        )
    else:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield invalid(path, zone, f"unknown time zone {zone}")


# --- schedules ---------------------------------------------------------------------------------


def _schedule(schedule: str, path: str) -> Iterator[Cause]:
    if "TZ" in schedule:
        detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield invalid(path, schedule, detail)
        return
    problem = _cron_problem(schedule)
    if problem:
        yield invalid(path, schedule, problem)


def _cron_problem(schedule: str) -> str:
    """Why ``schedule`` is none, in the words of robfig/cron; empty if it is one."""
    if schedule.startswith("@"):
        every = re.fullmatch(r"@every ([\d.]+(ns|us|ms|s|m|h))+", schedule)
        known = schedule in _PREDEFINED or every
        return "" if known else f"unrecognized descriptor: {schedule}"
    fields = schedule.split()
    if len(fields) != len(_CRON_FIELDS):
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    for field, (_, low, high, words) in zip(fields, _CRON_FIELDS, strict=True):
        for part in field.split(","):
            if problem := _part_problem(part, low, high, words.split()):
                return problem
    return ""


def _part_problem(part: str, low: int, high: int, words: list[str]) -> str:
    spans, slash, step = part.partition("/")
    if slash and (not step.isdecimal() or int(step) == 0):
        known = step.isdecimal()
        return f"step of range should be a positive number: {part}" if known else _no_int(step)
    if spans in {"*", "?"}:
        return ""
    bounds = []
    for text in spans.split("-"):
        if text.lower() in words:
            bounds.append(words.index(text.lower()) + low)
        elif text.isdecimal():
            bounds.append(int(text))
        else:
            return _no_int(text)
    if len(bounds) > 2:
        return f"too many hyphens: {part}"
    if bounds[0] < low:
        return f"beginning of range ({bounds[0]}) below minimum ({low}): {part}"
    if bounds[-1] > high:
        return f"end of range ({bounds[-1]}) above maximum ({high}): {part}"
    if bounds[0] > bounds[-1]:
        return f"beginning of range ({bounds[0]}) beyond end of range ({bounds[-1]}): {part}"
    return ""


def _no_int(text: str) -> str:
    return f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax'
