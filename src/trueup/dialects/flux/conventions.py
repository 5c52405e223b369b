"""How kustomize-controller marks, reads and orders the objects it applies.

Sources: Flux's documentation of the Kustomization API ("Controlling the apply behavior of
resources") and fluxcd/pkg ssa.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from trueup.dialects.flux import names
from trueup.errors import InputError
from trueup.flow import Controls, Conventions, Desired, Stage, Write
from trueup.objects import Manifest, manifest
from trueup.observe.health import Result, Status, jobs, kstatus
from trueup.plan.order import apply_order

STAGE_SECONDS = 60.0
"""How long the next stage waits for the definitions and classes it may need."""

_DEFINITIONS = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("", "Namespace"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
}


def controls(obj: Mapping[str, Any]) -> Controls:
    """What labels and annotations say; they count alike, and their case does not."""
    ssa = _asked(obj, names.SSA)
    write = Write.ALWAYS
    if ssa == names.SSA_IGNORE.lower() or _asked(obj, names.RECONCILE) == names.DISABLED:
        write = Write.NEVER
    elif ssa == names.SSA_IF_NOT_PRESENT.lower():
        write = Write.IF_NOT_PRESENT
    return Controls(
        write=write,
        take_over=ssa != names.SSA_MERGE.lower(),
        prune=_asked(obj, names.PRUNE) != names.DISABLED,
        recreate=_asked(obj, names.FORCE) == names.ENABLED,
        may_vanish=_is_job(obj)
        and (obj.get("spec") or {}).get("ttlSecondsAfterFinished") is not None,
    )


def _asked(obj: Mapping[str, Any], key: str) -> str:
    return str(manifest.labels(obj).get(key) or manifest.annotations(obj).get(key) or "").lower()


def health(obj: Mapping[str, Any], now: datetime) -> Result:
    """kstatus, with Flux's stricter reading of Jobs."""
    try:
        return jobs.flux_job(obj) if _is_job(obj) else kstatus.compute(obj, now)
    except InputError as error:
        return Result(Status.UNKNOWN, str(error))


def _is_job(obj: Mapping[str, Any]) -> bool:
    return obj.get("kind") == "Job" and str(obj.get("apiVersion", "")).startswith("batch/")


CONVENTIONS = Conventions(
    manager=names.APPLY_MANAGER,
    label=names.OWNER_NAME_LABEL,
    displaced=("kubectl", "before-first-apply"),
    controls=controls,
    health=health,
)


def stages(objects: Iterable[Manifest], *, force: bool) -> tuple[Stage, ...]:
    """Definitions, then classes, then the rest; each in the order of kinds.

    ``force`` lets every object be recreated where an immutable field changes.
    """
    groups: dict[str, list[Desired]] = {"definitions": [], "classes": [], "resources": []}
    for obj in objects:
        asked = controls(obj)
        if force:
            asked = replace(asked, recreate=True)
        desired = Desired.of(obj, asked)
        groups[_stage_of(desired)].append(desired)
    for members in groups.values():
        members.sort(key=lambda desired: apply_order(desired.ref))
    last = "resources"
    return tuple(
        Stage(name, tuple(members), 0 if name == last else STAGE_SECONDS)
        for name, members in groups.items()
        if members
    )


def _stage_of(desired: Desired) -> str:
    if desired.ref.group_kind in _DEFINITIONS:
        return "definitions"
    return "classes" if desired.ref.kind.endswith("Class") else "resources"
