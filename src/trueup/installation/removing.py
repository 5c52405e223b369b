"""Taking Trueup away, and leaving what it delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trueup.cluster import Client, following
from trueup.dialects.flux import crds as flux_crds
from trueup.dialects.flux.names import FINALIZER, KUSTOMIZATION
from trueup.errors import NotFound, TrueupError
from trueup.installation.applying import MANAGER
from trueup.installation.definitions import OURS, PART_OF, is_ours
from trueup.installation.leases import leases_in
from trueup.installation.neighbours import is_shared
from trueup.installation.rendering import Installation, render
from trueup.installation.stopping import deployment_in, refuse_if_led, stop
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.plan.inventory import refs_of

DEFINITION = GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
_SELECTOR = f"{PART_OF}={OURS}"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to be removed; ``timeout`` in seconds is for each wait."""

    namespace: str
    keep_namespace: bool = False
    keep_definitions: bool = False
    timeout: float = 300.0
    dry_run: bool = False


async def remove(client: Client, removal: Removal, say: Say) -> None:
    """Stop the controllers, free the resources, then delete what is ours. What is gone is fine.

    Raises InputError while a controller still runs: it would put back, or prune, what we free.
    """
    if not removal.dry_run:
        if await stop(client, removal.namespace, timeout=removal.timeout):
            say(f"{deployment_in(removal.namespace)} deleted")
        await refuse_if_led(client, removal.namespace)
    kept_for = [] if removal.keep_namespace else await delivered_in(client, removal.namespace)
    shared = await is_shared(client)
    if shared:
        say("another system works on the sources and deliveries: they stay, with their kinds")
    await _free(client, removal, say, shared=shared)
    for kind in _kinds():
        await _delete_all(client, kind, removal, say)
    for lease in await leases_in(client, removal.namespace):
        await _delete(client, lease, removal, say)
    if not (removal.keep_definitions or shared):
        await _delete_all(client, DEFINITION, removal, say)
    namespace = ObjectRef("", "Namespace", "", removal.namespace, "v1")
    if kept_for:
        some = ", ".join(map(str, kept_for[:3]))
        say(f"{namespace} stays: {len(kept_for)} delivered objects live in it, such as {some}")
    elif not removal.keep_namespace and await client.find(namespace):
        await _delete(client, namespace, removal, say)


async def delivered_in(client: Client, namespace: str) -> list[ObjectRef]:
    """What deliveries have put into ``namespace``, Trueup itself left out."""
    ours = {ObjectRef.of(obj) for obj in _everything(namespace)}
    found = {
        ref
        for delivery in await _list(client, KUSTOMIZATION)
        for ref in refs_of(
            ((delivery.get("status") or {}).get("inventory") or {}).get("entries", ())
        )
        if ref.namespace == namespace and ref not in ours
    }
    return [ref for ref in sorted(found) if not await _is_ours(client, ref)]


async def _is_ours(client: Client, ref: ObjectRef) -> bool:
    """Whether it is gone, or a part of Trueup."""
    live = await client.find(ref)
    return live is None or is_ours(live)


async def _free(client: Client, removal: Removal, say: Say, *, shared: bool) -> None:
    """Take our finalizer from sources and deliveries: then they go without pruning anything.

    Where others work on them too it is only done for what goes with us, which is suspended as well:
    nobody then prunes it, nor puts the finalizer back.
    """
    selector = _SELECTOR if shared else ""
    for definition in flux_crds.crds():
        for obj in await _list(client, kind_of(definition), selector):
            finalizers = obj["metadata"].get("finalizers") or []
            if FINALIZER not in finalizers:
                continue
            left = [finalizer for finalizer in finalizers if finalizer != FINALIZER]
            version = obj["metadata"]["resourceVersion"]
            change: Manifest = {"metadata": {"finalizers": left, "resourceVersion": version}}
            if shared:
                change["spec"] = {"suspend": True}
            await _patch(client, obj, change, dry_run=removal.dry_run)
            say(f"{ObjectRef.of(obj)} {'would be freed' if removal.dry_run else 'freed'}")


async def _patch(client: Client, obj: Manifest, change: Manifest, *, dry_run: bool) -> None:
    try:
        await client.patch(ObjectRef.of(obj), change, field_manager=MANAGER, dry_run=dry_run)
    except NotFound:
        return


async def _delete_all(client: Client, kind: GroupVersionKind, removal: Removal, say: Say) -> None:
    """Every object of ``kind`` that is labelled as a part of Trueup."""
    try:
        is_namespaced = (await client.resource(kind)).namespaced
    except NotFound:  # not served: there are none
        return
    namespace = removal.namespace if is_namespaced else ""
    for obj in (await client.list(kind, namespace, label_selector=_SELECTOR)).items:
        await _delete(client, ObjectRef.of(obj), removal, say)


async def _delete(client: Client, ref: ObjectRef, removal: Removal, say: Say) -> None:
    """Delete it and wait until it is gone."""
    try:
        await client.delete(ref, dry_run=removal.dry_run)
    except NotFound:
        return
    if not removal.dry_run:
        await _await_gone(client, ref, removal.timeout)
    say(f"{ref} would be deleted" if removal.dry_run else f"{ref} deleted")


async def _await_gone(client: Client, ref: ObjectRef, timeout: float) -> None:
    """Raises TrueupError if it stays, with the finalizers that hold it."""
    try:
        await following.until_gone(client, ref, timeout=timeout)
    except TimeoutError:
        live = await client.find(ref) or {"metadata": {}}
        held = [*(live["metadata"].get("finalizers") or ())]
        held += (live.get("spec") or {}).get("finalizers") or ()
        raise TrueupError(
            f"still there after {timeout:g} s, held by {', '.join(held) or 'nothing known'}",
            subject=str(ref),
            next_step="see why, and run this again",
        ) from None


async def _list(client: Client, kind: GroupVersionKind, selector: str = "") -> list[Manifest]:
    try:
        return (await client.list(kind, label_selector=selector)).items
    except NotFound:  # not served: there are none
        return []


def _kinds() -> list[GroupVersionKind]:
    """What an installation may hold besides its namespace and definitions; deliveries first."""
    deliveries = [kind_of(definition) for definition in reversed(flux_crds.crds())]
    held = {ObjectRef.of(obj).gvk: None for obj in _everything("")}
    secret = GroupVersionKind("", "v1", "Secret")
    rest = [kind for kind in held if kind.kind not in ("Namespace", DEFINITION.kind)]
    return [*deliveries, *rest, secret]


def _everything(namespace: str) -> list[Manifest]:
    chosen = namespace or Installation().namespace
    return [
        obj
        for lockdown in (False, True)
        for obj in render(Installation(namespace=chosen, lockdown=lockdown))
    ]


def kind_of(definition: Manifest) -> GroupVersionKind:
    """The kind that is defined, in the version that it is stored in."""
    spec = definition["spec"]
    version = next(v["name"] for v in spec["versions"] if v["storage"])
    return GroupVersionKind(spec["group"], version, spec["names"]["kind"])
