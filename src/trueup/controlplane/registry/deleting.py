"""Delete: at once, after a grace period, or when the last finalizer has gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from trueup.controlplane.registry import definitions, refusals
from trueup.controlplane.registry.admission import Admission
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.codec import decode, encoder
from trueup.controlplane.registry.kinds import Rules
from trueup.controlplane.store import Entry, Stale, Store
from trueup.objects import Manifest
from trueup.report.times import timestamp
from trueup.schema.decoding import json_type

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
_POLICY_FINALIZER = {"Foreground": FOREGROUND, "Orphan": ORPHAN}
_ATTEMPTS = 5
"""Only where webhooks are asked in between can a delete meet a change."""


_OPTION_TYPES: dict[str, tuple[type, str]] = {
    "dryRun": (list, "[]string"),
    "gracePeriodSeconds": (int, "int64"),
    "propagationPolicy": (str, "v1.DeletionPropagation"),
    "orphanDependents": (bool, "bool"),
    "preconditions": (dict, "v1.Preconditions"),
}


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """The body of a delete; ``uid`` and ``revision`` are preconditions."""

    grace: int | None = None
    policy: str = ""
    orphan_dependents: bool | None = None
    uid: str = ""
    revision: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> DeleteOptions:
        for name, (wanted, go_type) in _OPTION_TYPES.items():
            value = body.get(name)
            if value is not None and not isinstance(value, wanted):
                raise refusals.bad_request(
                    f"json: cannot unmarshal {json_type(value)} into Go struct field"
                    f" DeleteOptions.{name} of type {go_type}"
                )
        preconditions = body.get("preconditions") or {}
        return cls(
            grace=body.get("gracePeriodSeconds"),
            policy=body.get("propagationPolicy") or "",
            orphan_dependents=body.get("orphanDependents"),
            uid=preconditions.get("uid") or "",
            revision=preconditions.get("resourceVersion") or "",
        )

    @property
    def finalizer(self) -> str:
        """The finalizer that asks the garbage collector for this policy; empty for background."""
        if self.orphan_dependents:
            return ORPHAN
        return _POLICY_FINALIZER.get(self.policy, "")


@dataclass(frozen=True, slots=True)
class Deleted:
    """``entry`` is the object's last state, or its present one while something holds it."""

    entry: Entry
    gone: bool
    uid: str


class Deleter:
    """What a delete does: finalizers, grace, dependents."""

    def __init__(self, store: Store, rules: Rules, admission: Admission) -> None:
        self._store = store
        self._rules = rules
        self._admission = admission

    async def delete(self, call: Call, options: DeleteOptions) -> Deleted:
        """NotFound, Conflict when a precondition fails, Forbidden for what must stay."""
        self._admission.require_mortal(call)
        _warn(call, options)
        for _ in range(_ATTEMPTS):
            try:
                return await self._delete(call, options)
            except Stale:  # while a webhook was asked, somebody changed the object
                continue
        raise refusals.modified(call.resource, call.name)

    async def _delete(self, call: Call, options: DeleteOptions) -> Deleted:
        resource = call.resource
        current = self._store.latest(resource.bucket, call.key)
        if current is None:
            raise refusals.not_found(resource, call.name)
        stored = decode(current)
        self._require_preconditions(call, stored, options)
        if not _is_under_way(call, stored, options):
            if resource.bucket == "/pods":  # whose grace is settled before anybody is asked
                grace = _grace(call, stored, options)
                call.options = {**call.options, "gracePeriodSeconds": grace}
            await self._admission.delete(call, partial(self._rules.read, resource, current))
        marked = self._mark(call, stored, options)
        uid = str(stored["metadata"]["uid"])
        kept = await self._keep(call, current, marked)
        if _is_held(marked) or call.dry_run:
            return Deleted(kept, gone=not _is_held(marked), uid=uid)
        told = partial(self._rules.forget, resource.bucket, marked)
        removed = await self._store.remove(resource.bucket, call.key, kept, encoder(marked), told)
        return Deleted(removed, gone=True, uid=uid)

    async def _keep(self, call: Call, current: Entry, marked: Manifest) -> Entry:
        stored = decode(current)
        if marked == stored:
            return current
        if call.dry_run:
            data, labels = encoder(marked)(current.revision)
            return Entry(current.key, current.revision, data, labels)
        bucket = call.resource.bucket
        told = partial(self._rules.observe, bucket, marked)
        return await self._store.put(bucket, call.key, current, encoder(marked), told)

    def _require_preconditions(self, call: Call, obj: Manifest, options: DeleteOptions) -> None:
        metadata = obj["metadata"]
        if options.uid and options.uid != metadata["uid"]:
            cause = (
                f"the UID in the precondition ({options.uid}) does not match the UID in record"
                f" ({metadata['uid']}). The object might have been deleted and then recreated"
            )
            raise refusals.precondition_failed(call.resource, call.name, cause)
        if options.revision and options.revision != metadata["resourceVersion"]:
            cause = (
                f"the ResourceVersion in the precondition ({options.revision}) does not match the"
                f" ResourceVersion in record ({metadata['resourceVersion']})."
                " The object might have been modified"
            )
            raise refusals.precondition_failed(call.resource, call.name, cause)

    def _mark(self, call: Call, stored: Manifest, options: DeleteOptions) -> Manifest:
        """``stored`` as it is while its deletion waits for finalizers or grace."""
        marked: Manifest = {**stored, "metadata": dict(stored["metadata"])}
        metadata = marked["metadata"]
        _set_policy(call, metadata, options)
        grace = _grace(call, stored, options)
        if metadata.get("deletionTimestamp"):
            _shorten(metadata, grace)
        elif call.resource.bucket == definitions.BUCKET:
            metadata["deletionTimestamp"] = _in_seconds(0)
            definitions.hold(marked)
        elif metadata.get("finalizers") or _is_graceful(call) or _is_namespace(call, stored):
            _begin(metadata, grace)
            if _is_namespace(call, stored):
                del metadata["deletionGracePeriodSeconds"]
                marked["status"] = {**(stored.get("status") or {}), "phase": "Terminating"}
        return marked


def _is_graceful(call: Call) -> bool:
    """Pods are marked even when they go at once, so that who watches them sees it."""
    return call.resource.bucket == "/pods"


def _is_namespace(call: Call, obj: Manifest) -> bool:
    """A namespace waits for its controller, which empties it and then finalizes it."""
    finalizers = (obj.get("spec") or {}).get("finalizers")
    return call.resource.bucket == "/namespaces" and bool(finalizers)


def _is_held(obj: Manifest) -> bool:
    metadata = obj["metadata"]
    if metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds"):
        return True
    is_namespace = obj.get("kind") == "Namespace" and obj.get("apiVersion") == "v1"
    return is_namespace and bool((obj.get("spec") or {}).get("finalizers"))


def _set_policy(call: Call, metadata: Manifest, options: DeleteOptions) -> None:
    """The garbage collector reads the policy from the finalizers."""
    finalizers = metadata.get("finalizers") or []
    wanted = options.finalizer
    if not options.policy and options.orphan_dependents is None:
        if call.resource.bucket not in _ORPHANING or {FOREGROUND, ORPHAN} & set(finalizers):
            return
        wanted = ORPHAN
    kept = [f for f in finalizers if f not in {FOREGROUND, ORPHAN}]
    metadata["finalizers"] = [*kept, wanted] if wanted else kept
    if not metadata["finalizers"]:
        del metadata["finalizers"]


def _warn(call: Call, options: DeleteOptions) -> None:
    says_nothing = not options.policy and options.orphan_dependents is None
    if says_nothing and (warning := _ORPHANING.get(call.resource.bucket)):
        call.warn(warning)


_ORPHANING = {
    "/replicationcontrollers": "",
    "batch/jobs": (
        "child pods are preserved by default when jobs are deleted; set"
        " propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress"
        " this warning"
    ),
}
"""By bucket: whose dependents stay unless the delete says otherwise, and what warns of it."""


def _is_under_way(call: Call, obj: Manifest, options: DeleteOptions) -> bool:
    """Whether the pod has been asked to go, and this brings its end no nearer."""
    pending = obj["metadata"].get("deletionGracePeriodSeconds")
    if call.resource.bucket != "/pods" or pending is None:
        return False
    return options.grace is None or options.grace >= pending


def _grace(call: Call, obj: Manifest, options: DeleteOptions) -> int:
    """Seconds until the object goes; only pods that run somewhere are given time."""
    if call.resource.bucket != "/pods":
        return 0
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    if not spec.get("nodeName") or status.get("phase") in {"Succeeded", "Failed"}:
        return 0
    asked = options.grace
    if asked is None:
        asked = spec.get("terminationGracePeriodSeconds", 30)
    return 1 if asked < 0 else int(asked)


def _begin(metadata: Manifest, grace: int) -> None:
    metadata["deletionTimestamp"] = _in_seconds(grace)
    metadata["deletionGracePeriodSeconds"] = grace
    if metadata.get("generation"):
        metadata["generation"] += 1


def _shorten(metadata: Manifest, grace: int) -> None:
    """A second delete can only bring the end nearer."""
    pending = metadata.get("deletionGracePeriodSeconds") or 0
    if pending and grace < pending:
        began = datetime.fromisoformat(metadata["deletionTimestamp"]) - timedelta(seconds=pending)
        metadata["deletionTimestamp"] = timestamp(began + timedelta(seconds=grace))
        metadata["deletionGracePeriodSeconds"] = grace


def _in_seconds(seconds: int) -> str:
    return timestamp(datetime.now(UTC) + timedelta(seconds=seconds))
