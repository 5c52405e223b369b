"""Create and update: the one road by which objects enter the store.

The order of steps is the apiserver's: identity, defaults, ownership, admission, what the kind
prepares, validation, then the write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias

from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.admission import Admission
from trueup.controlplane.registry.bodies import require_name, require_namespace
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.codec import decode, encode, encoder, same
from trueup.controlplane.registry.kinds import Rules
from trueup.controlplane.registry.metadata import (
    forget_made_up,
    generated_name,
    keep_server_owned,
    raise_generation,
    stamp_new,
)
from trueup.controlplane.registry.ownership import record_update
from trueup.controlplane.registry.updating import may_replace_blindly
from trueup.controlplane.resources import Resource
from trueup.controlplane.store import Entry, Stale, Store, Then
from trueup.errors import AlreadyExists, ApiError
from trueup.merge.serverside import keep_times_if_unchanged
from trueup.objects import Manifest
from trueup.objects.manifest import copy

Change: TypeAlias = Callable[[Manifest], Manifest]
"""From a copy of the live object, in the request's version, to the wanted one."""

_NAME_ATTEMPTS = 8

_UPDATE_ATTEMPTS = 5
"""Only where webhooks are asked in between can an update meet another one."""

_WITHOUT_GENERATION = ("status", "binding")
"""Subresources through which nobody states a wish: generation counts those."""


class Part(NamedTuple):
    """What a subresource shows of an object, and how a changed one goes back ``into`` it."""

    of: Callable[[Manifest], Manifest]
    into: Callable[[Manifest, Manifest], Manifest]


WHOLE = Part(lambda obj: obj, lambda obj, changed: changed)


class Written(NamedTuple):
    """What is stored after an update or a patch, and whether that made it."""

    entry: Entry
    created: bool


class Writer:
    """Creates and updates objects."""

    def __init__(self, store: Store, rules: Rules, admission: Admission) -> None:
        self._store = store
        self._rules = rules
        self._admission = admission

    @property
    def may_repeat(self) -> bool:
        """Whether a change may be made twice, since webhooks are asked in between."""
        return not self._admission.chain.is_idle

    async def create(self, call: Call, body: Manifest) -> Entry:
        """Store a new object; AlreadyExists, Invalid, or what admission says."""
        obj = self._rules.decode(call, body)
        forget_made_up(obj)
        require_namespace(obj, call)
        return await self.create_decoded(call, obj)

    async def create_decoded(self, call: Call, obj: Manifest) -> Entry:
        """As ``create``, of what has been read and is complete."""
        obj = record_update(self._rules.schema(call.resource), None, obj, call)
        return await self._create(call, await self._admission.create(call, obj))

    async def create_applied(self, call: Call, obj: Manifest) -> Entry:
        """Store what server-side apply made of nothing: its managedFields are already right."""
        return await self._create(call, await self._admission.create(call, obj))

    async def _create(self, call: Call, obj: Manifest) -> Entry:
        base = obj["metadata"].get("generateName")
        if obj["metadata"].get("name") or not base:
            return await self._create_named(call, obj)
        for _ in range(_NAME_ATTEMPTS - 1):
            attempt = copy(obj)
            attempt["metadata"]["name"] = generated_name(base)
            try:
                return await self._create_named(replace(call), attempt)
            except AlreadyExists:
                continue
        obj["metadata"]["name"] = generated_name(base)
        return await self._create_named(call, obj)

    async def _create_named(self, call: Call, obj: Manifest) -> Entry:
        stamp_new(obj, call.resource)
        self._admission.guard(call, obj)
        with self._rules.reserving(call, obj):
            return await self._insert(call, obj)

    async def _insert(self, call: Call, obj: Manifest) -> Entry:
        resource = call.resource
        self._rules.prepare_create(call, obj)
        self._rules.validate_create(call, obj)
        call.name = str(obj["metadata"].get("name") or "")
        await self._admission.validate(call, obj)
        key = call.key
        if not call.dry_run:
            _require_no_version(obj)
        found = self._store.latest(resource.bucket, key)
        if found is not None:
            ending = bool(decode(found)["metadata"].get("deletionTimestamp"))
            raise refusals.already_exists(resource, call.name, ending=ending)
        stored = self._rules.to_storage(resource, obj)
        if call.dry_run:
            return self._would_be(key, 0, stored)
        return await self._store.put(
            resource.bucket, key, None, encoder(stored), self._told(resource, stored)
        )

    async def update(
        self, call: Call, change: Change, *, owned: bool = False, part: Part = WHOLE
    ) -> Entry:
        """Replace the live object with what ``change`` makes of it.

        ``owned``: what the change makes is complete, managedFields included. ``part``: what of the
        object the change is made to. NotFound, Conflict, Invalid.
        """
        for _ in range(_UPDATE_ATTEMPTS):
            try:
                return await self._update(call, change, part, owned=owned)
            except Stale:  # while a webhook was asked, somebody else was quicker
                continue
        raise refusals.modified(call.resource, call.name)

    async def _update(self, call: Call, change: Change, part: Part, *, owned: bool) -> Entry:
        resource = call.resource
        current = self._store.latest(resource.bucket, call.key)
        if current is None:
            raise refusals.not_found(resource, call.name)
        old = self._rules.read(resource, current)
        new = change(part.of(copy(old)))
        require_name(new["metadata"], call.name)
        if not owned:
            self._rules.complete(call, new)
            new = record_update(self._rules.schema(call.resource), old, new, call)
        new = await self._admission.update(call, new, part.of(old))
        if part is not WHOLE:
            new = part.into(copy(old), new)
            self._rules.complete(call, new)
        self._require_same_object(call, new, old)
        keep_server_owned(new, old)
        self._admission.guard(call, new, old)
        with self._rules.reserving(call, new, old):
            return await self._replace(call, current, new, old, part)

    async def _replace(
        self, call: Call, current: Entry, new: Manifest, old: Manifest, part: Part
    ) -> Entry:
        resource = call.resource
        self._rules.prepare_update(call, new, old)
        if call.subresource not in _WITHOUT_GENERATION:
            raise_generation(new, old, resource)
        self._rules.validate_update(call, new, old)
        await self._admission.validate(call, part.of(new), part.of(old))
        new = keep_times_if_unchanged(old, new)
        if same(new, old):
            return current
        stored = self._rules.to_storage(resource, new)
        if call.dry_run:
            return self._would_be(call.key, current.revision, stored)
        if _is_released(new):
            # Watches see the object as it was, the caller as it was to be.
            await self._store.remove(
                resource.bucket,
                call.key,
                current,
                encoder(decode(current)),
                partial(self._rules.forget, resource.bucket, stored),
            )
            return self._would_be(call.key, current.revision, stored)
        return await self._store.put(
            resource.bucket, call.key, current, encoder(stored), self._told(resource, stored)
        )

    def _told(self, resource: Resource, stored: Manifest) -> Then:
        return partial(self._rules.observe, resource.bucket, stored)

    def _require_same_object(self, call: Call, new: Manifest, old: Manifest) -> None:
        """Optimistic locking: a resourceVersion or uid in the new object must be the live one."""
        resource, mine, was = call.resource, new["metadata"], old["metadata"]
        uid = mine.get("uid")
        if uid and uid != was["uid"] and not call.is_patch:
            raise refusals.other_uid(
                resource, call.name, uid, found=was["uid"], namespace=call.namespace
            )
        revision = mine.get("resourceVersion") or "0"
        require_version(revision)
        if revision == "0" and not may_replace_blindly(resource):
            raise refusals.version_needed(resource, call.name)
        if revision not in ("0", was["resourceVersion"]):
            raise refusals.modified(resource, call.name)

    def _would_be(self, key: str, revision: int, obj: Manifest) -> Entry:
        """The answer of a dry run: as stored, but not stored; a new object has no revision."""
        given = obj["metadata"].get("resourceVersion")
        encoded = encoder(obj)(revision)
        if not revision:
            del obj["metadata"]["resourceVersion"]
            if given:
                obj["metadata"]["resourceVersion"] = given
            return Entry(key, revision, encode(obj), encoded.labels)
        return Entry(key, revision, *encoded)


def _require_no_version(obj: Manifest) -> None:
    """A new object has no version yet; the apiserver's storage says so, and names no reason."""
    given = obj["metadata"].pop("resourceVersion", None) or ""
    if given.isdecimal() and int(given):
        text = "resourceVersion should not be set on objects to be created"
        raise ApiError(text, code=500, reason="")


def forget_version(call: Call, obj: Manifest) -> None:
    """An update that creates may name any version, if it is one; a dry run gives it back."""
    require_version(obj["metadata"].get("resourceVersion") or "0")
    if not call.dry_run:
        obj["metadata"].pop("resourceVersion", None)


def require_version(revision: str) -> None:
    """What is no version at all breaks the apiserver's storage, which names no reason."""
    if not revision.isdecimal():
        text = f'strconv.ParseUint: parsing "{revision}": invalid syntax'
        raise ApiError(text, code=500, reason="")


def _is_released(obj: Manifest) -> bool:
    """Being deleted, with nothing left that holds it: no finalizer, no grace period."""
    metadata = obj["metadata"]
    if not metadata.get("deletionTimestamp") or metadata.get("finalizers"):
        return False
    if metadata.get("deletionGracePeriodSeconds"):
        return False
    spec = obj.get("spec")
    is_namespace = obj.get("kind") == "Namespace" and obj.get("apiVersion") == "v1"
    return not (is_namespace and isinstance(spec, dict) and spec.get("finalizers"))
