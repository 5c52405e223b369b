"""Looking at a cluster for what a migration has to do there: reads only."""

from __future__ import annotations

from collections.abc import Iterable

from trueup.cluster import Client
from trueup.controllers.replicas.rivals import Rivals
from trueup.dialects.flux import coverage, names
from trueup.dialects.flux.delivery_dialect import KUSTOMIZATIONS
from trueup.dialects.flux.rivals import LEFT_ALONE, OPERATED, is_operated
from trueup.errors import InputError, NotFound
from trueup.flow import Delivery
from trueup.migration.holdings import Holding, holdings
from trueup.migration.plan import Define, Forget, Plan, ScaleDown, ScaleUp, TakeOver
from trueup.migration.stopping import restarted, stopped
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.report import RECORD, DeliveryRecord, record_of, record_ref
from trueup.report.crds import crds


async def plan_forward(client: Client, flux: Rivals, own: Rivals) -> Plan:
    """From Flux to Trueup: stop Flux, note what it delivered, start Trueup if we stopped it."""
    await _check_no_operator(client)
    resources = await _all(client, names.KUSTOMIZATION)
    return Plan(
        first=(*await _definitions(client), *await _stops(client, flux)),
        steps=(*await _takeovers(client, resources), *await _starts(client, own)),
        alive=tuple(map(str, flux.signs())),
        unserved=tuple(await _unserved(client, resources)),
    )


async def plan_back(client: Client, flux: Rivals, own: Rivals) -> Plan:
    """From Trueup to Flux: stop Trueup, forget its notes, start Flux if we stopped it."""
    records = [DeliveryRecord.from_manifest(found) for found in await _all(client, RECORD)]
    return Plan(
        first=tuple(await _stops(client, own)),
        steps=(*map(Forget, records), *await _starts(client, flux)),
        alive=tuple(map(str, own.signs())),
    )


async def _stops(client: Client, rivals: Rivals) -> list[ScaleDown]:
    """In the order of the rivals: whoever writes first stops first."""
    refs = [sign.ref for sign in rivals.signs() if sign.seconds is None]
    found = [(ref, await client.find(ref)) for ref in refs]
    return [ScaleDown(ref, stopped(live, LEFT_ALONE)) for ref, live in found if live is not None]


async def _starts(client: Client, rivals: Rivals) -> list[ScaleUp]:
    """In the opposite order: whoever serves the others comes first."""
    found = []
    for workload in reversed(rivals.workloads()):
        live = await client.find(workload.ref)
        if live is not None and (patch := restarted(live)):
            found.append(ScaleUp(workload.ref, patch))
    return found


async def _definitions(client: Client) -> list[Define]:
    wanted = [(definition, ObjectRef.of(definition)) for definition in crds()]
    return [Define(definition) for definition, ref in wanted if await client.find(ref) is None]


async def _takeovers(client: Client, resources: Iterable[Manifest]) -> list[TakeOver]:
    found = []
    for resource in resources:
        if resource["metadata"].get("deletionTimestamp") or coverage.why_unserved(resource):
            continue
        record = record_of(await client.find(record_ref(ObjectRef.of(resource))), resource)
        if record.is_empty:
            found.append(TakeOver(resource, tuple(await _holdings(client, resource))))
    return found


async def _holdings(client: Client, resource: Manifest) -> list[Holding]:
    delivery = KUSTOMIZATIONS.delivery_of(resource)
    refs = KUSTOMIZATIONS.inventory_of(resource.get("status") or {})
    if delivery.target.access is not None:
        why = "is in another cluster: Trueup takes it over at its first look"
        return [Holding(ref, why_left=why) for ref in refs]
    return await holdings(acting_as(client, delivery), delivery, refs)


def acting_as(client: Client, delivery: Delivery) -> Client:
    """Whatever is done for a delivery is done as the account that it names, here too."""
    account = delivery.target.service_account
    return client.impersonating(account) if account else client


async def _unserved(client: Client, resources: Iterable[Manifest]) -> list[str]:
    candidates = [*resources, *await _all(client, names.GIT_REPOSITORY)]
    reasons = [(ObjectRef.of(item), coverage.why_unserved(item)) for item in candidates]
    lines = [why if why.startswith(str(ref)) else f"{ref}: {why}" for ref, why in reasons if why]
    others = [(gvk, await _all(client, gvk)) for gvk in coverage.NEEDING_FLUX]
    return [*lines, *(coverage.told(gvk, found) for gvk, found in others if found)]


async def _check_no_operator(client: Client) -> None:
    for instance in await _all(client, OPERATED):
        if is_operated(instance):
            raise InputError(
                "an operator keeps Flux running by it, and would start again what is stopped",
                subject=str(ObjectRef.of(instance)),
                next_step="set its annotation fluxcd.controlplane.io/reconcile to disabled first",
            )


async def _all(client: Client, gvk: GroupVersionKind) -> list[Manifest]:
    """None if the kind is not served."""
    try:
        return (await client.list(gvk)).items
    except NotFound:
        return []
