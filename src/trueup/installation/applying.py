"""Putting objects in place, one after the other, and waiting until they work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from trueup.cluster import Client, following
from trueup.controllers.definitions import await_served
from trueup.dialects.flux.conventions import health
from trueup.dialects.flux.names import OWNER_NAME_LABEL, OWNER_NAMESPACE_LABEL
from trueup.errors import InputError, NotFound, TrueupError
from trueup.installation.definitions import is_ours, unserved
from trueup.installation.pods import troubles
from trueup.objects import Manifest, ObjectRef
from trueup.objects.manifest import labels, without_managed_fields
from trueup.observe.health import Status

MANAGER = "trueup"
"""The field manager of what this command line puts in place."""


class Done(StrEnum):
    """What became of one object."""

    CREATED = "created"
    CONFIGURED = "configured"
    UNCHANGED = "unchanged"
    KEPT = "kept as it is"


@dataclass(frozen=True, slots=True)
class Step:
    """One object, and what became of it or would become."""

    ref: ObjectRef
    done: Done


Tell = Callable[[Step], None]


async def apply(
    client: Client,
    objects: Iterable[Manifest],
    tell: Tell,
    *,
    manager: str = MANAGER,
    dry_run: bool = False,
) -> None:
    """Apply ``objects`` in their order; definitions are served before what follows is sent.

    A definition that is there and not ours, but serves what we need, is kept as it is. Raises
    InputError for one that does not.
    """
    definitions = []
    for obj in objects:
        ref = ObjectRef.of(obj)
        if ref.kind == "CustomResourceDefinition":
            definitions.append(ref)
        elif definitions and not dry_run:
            await await_served(client, definitions)
            definitions = []
        tell(Step(ref, await _apply_one(client, obj, manager, dry_run=dry_run)))
    if not dry_run:
        await await_served(client, definitions)


async def await_rollout(
    client: Client, deployment: ObjectRef, say: Callable[[str], None], *, timeout: float
) -> None:
    """Returns once the Deployment is as it should be; TrueupError with the reason if it is not."""
    last = "nobody has looked at it yet"

    def decide(obj: Manifest) -> bool | None:
        nonlocal last
        status, last = health(obj, datetime.now(UTC))
        say(f"{deployment}: {last}")
        if status == Status.FAILED:
            raise TrueupError(last, subject=str(deployment))
        return True if status == Status.CURRENT else None

    try:
        await following.until(client, deployment, decide, timeout=timeout)
    except TimeoutError:
        why = "; ".join([last, *await troubles(client, deployment)])
        raise TrueupError(
            f"not available after {timeout:g} s: {why}",
            subject=str(deployment),
            next_step="see what trueup check says",
        ) from None


async def refuse_if_delivered(client: Client, deployment: ObjectRef) -> None:
    """Raises InputError where a delivery keeps the installation: it would undo what we do."""
    live = await client.find(deployment)
    named = labels(live or {})
    if OWNER_NAME_LABEL in named:
        owner = f"{named.get(OWNER_NAMESPACE_LABEL, '')}/{named[OWNER_NAME_LABEL]}"
        raise InputError(
            f"is delivered from Git by the Kustomization {owner}",
            subject=str(deployment),
            next_step="change it there, or bootstrap again",
        )


async def _apply_one(client: Client, obj: Manifest, manager: str, *, dry_run: bool) -> Done:
    ref = ObjectRef.of(obj)
    before = await client.find(ref)
    if before is not None and _is_foreign_definition(before):
        _check_serves(before, obj)
        return Done.KEPT
    try:
        answer = await client.apply(obj, field_manager=manager, force=True, dry_run=dry_run)
    except NotFound:
        if dry_run and before is None:  # its namespace would be made before it
            return Done.CREATED
        raise
    if before is None:
        return Done.CREATED
    return Done.UNCHANGED if _content(before) == _content(answer.object) else Done.CONFIGURED


def _is_foreign_definition(live: Manifest) -> bool:
    return live["kind"] == "CustomResourceDefinition" and not is_ours(live)


def _check_serves(live: Manifest, wanted: Manifest) -> None:
    if missing := unserved(wanted, live):
        raise InputError(
            f"is somebody else's, and does not serve {', '.join(missing)}",
            subject=str(ObjectRef.of(live)),
            next_step="upgrade what it belongs to, or delete it if nothing uses it",
        )


def _content(obj: Manifest) -> Manifest:
    """What the object says, without the notes of the server about its writes."""
    plain = without_managed_fields(obj)
    noted = ("resourceVersion", "generation")
    meta = {key: value for key, value in plain["metadata"].items() if key not in noted}
    return {**plain, "metadata": meta}
