"""From Flux to Trueup and back, with what a real Flux left: nothing that was delivered is touched.

Here on the embedded control plane; the same on a real API server is in ``tests/e2e``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from trueup.cluster import following
from trueup.controllers.definitions import install
from trueup.errors import InputError, TrueupError, Unavailable
from trueup.merge.fieldset import FieldSet
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.report import DeliveryRecord
from trueup.report.conditions import find
from trueup.testing.patience import PATIENCE
from trueup.wiring import Controllers

from .conftest import RECORDS, Cluster, left

APPLIER = left("Deployment", "kustomize-controller")
SOURCES = left("Deployment", "source-controller")
SHOP = left("Kustomization", "shop")
WEB = left("Deployment", "web")
FORWARD = [
    f"scale down  {APPLIER}",
    f"scale down  {SOURCES}",
    "take over   Kustomization/flux-system/platform: 3 objects",
    "take over   Kustomization/flux-system/shop: 6 objects",
]
BACK = [
    "forget      DeliveryRecord/flux-system/kustomization-platform",
    "forget      DeliveryRecord/flux-system/kustomization-shop",
    f"scale up    {SOURCES}, to 1",
    f"scale up    {APPLIER}, to 1",
]


async def recorded(cluster: Cluster, name: str = "shop") -> DeliveryRecord | None:
    ref = next(ref for ref in map(ObjectRef.of, RECORDS) if ref.name.endswith(name))
    found = await cluster.person.find(ref)
    return DeliveryRecord.from_manifest(found) if found else None


async def replicas(cluster: Cluster) -> list[int]:
    return [(await cluster.person.get(ref))["spec"]["replicas"] for ref in (APPLIER, SOURCES)]


# Forward


async def test_while_flux_runs_it_is_refused_and_nothing_is_written(cluster: Cluster) -> None:
    before = await cluster.versions()
    with pytest.raises(InputError, match=r"Flux's kustomize-controller runs .*--scale-down"):
        await cluster.migrate()
    assert await cluster.versions() == before


async def test_a_dry_run_says_what_would_be_done_and_writes_nothing(cluster: Cluster) -> None:
    before = await cluster.versions()
    assert await cluster.migrate(dry_run=True) == FORWARD
    assert await cluster.versions() == before


async def test_it_stops_flux_and_notes_what_flux_delivered(cluster: Cluster) -> None:
    assert await cluster.migrate(scale_down=True) == FORWARD
    assert await replicas(cluster) == [0, 0]
    record = await recorded(cluster)
    live = await cluster.person.get(WEB)
    assert record is not None
    assert live["metadata"]["uid"] in {item.uid for item in record.objects}
    assert record.history[0].message == "taken over from Flux: 6 of 6 objects"


async def test_nothing_that_flux_delivered_is_written(cluster: Cluster) -> None:
    before = await cluster.delivered()
    await cluster.migrate(scale_down=True)
    assert await cluster.delivered() == before


async def test_it_waits_until_a_stopped_controller_has_let_go(cluster: Cluster) -> None:
    lease = await cluster.hold("kustomize-controller-leader-election")
    migrating = asyncio.create_task(cluster.migrate(scale_down=True))
    async with asyncio.timeout(PATIENCE):
        await following.until(
            cluster.person,
            APPLIER,
            lambda obj: obj["spec"]["replicas"] == 0 or None,
            timeout=PATIENCE,
        )
    assert await recorded(cluster) is None
    await cluster.person.patch(lease, {"spec": {"holderIdentity": ""}}, field_manager="leader")
    assert await migrating == FORWARD


async def test_a_controller_that_does_not_stop_is_named(cluster: Cluster) -> None:
    await cluster.hold("kustomize-controller-leader-election")
    with pytest.raises(TrueupError, match=r"still after 0\.1 s: Flux's kustomize-controller runs"):
        await cluster.migrate(scale_down=True, patience=0.1)
    assert await recorded(cluster) is None


async def test_done_twice_is_done_once(cluster: Cluster) -> None:
    await cluster.migrate(scale_down=True)
    before = await cluster.versions()
    assert await cluster.migrate() == []
    assert await cluster.versions() == before


@pytest.mark.parametrize("written", range(4))
async def test_broken_off_after_any_write_it_goes_on_from_there(
    cluster: Cluster, written: int
) -> None:
    await broken_off(cluster, written, scale_down=True)
    await cluster.migrate(scale_down=True)
    assert await replicas(cluster) == [0, 0]
    records = [await recorded(cluster, name) for name in ("platform", "shop")]
    assert [len(record.objects) for record in records if record] == [3, 6]
    await cluster.migrate(back=True)
    assert await replicas(cluster) == [1, 1]


async def broken_off(cluster: Cluster, written: int, **asked: bool) -> None:
    """As kill -9 after so many writes."""
    gone = Unavailable("killed")
    so_far = len(cluster.line.writes)
    request = cluster.line.request

    async def limited(method: str, *rest: Any) -> Any:
        if method != "GET" and len(cluster.line.writes) - so_far >= written:
            raise gone
        return await request(method, *rest)

    cluster.line.request = limited  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        await cluster.migrate(**asked)
    cluster.line.request = request  # type: ignore[method-assign]


async def test_fields_from_before_server_side_apply_become_ours_in_name_only(
    cluster: Cluster,
) -> None:
    await age(cluster)
    before = await cluster.person.get(WEB)
    said = await cluster.migrate(scale_down=True)
    assert "            1 object applied before server-side apply: mend" in said
    after = await cluster.person.get(WEB)
    assert managers(after) == {("kustomize-controller", "Apply")}
    assert owned(after) == owned(before)
    assert bare(after) == bare(before)


async def age(cluster: Cluster) -> None:
    """An early Flux wrote the Deployment by updates, under the same name."""
    entries = (await cluster.person.get(WEB))["metadata"]["managedFields"]
    value = [{**entry, "operation": "Update"} for entry in entries]
    patch = [{"op": "replace", "path": "/metadata/managedFields", "value": value}]
    await cluster.person.patch(WEB, patch, type="json", field_manager="restore")


def managers(obj: Manifest) -> set[tuple[str, str]]:
    return {(e["manager"], e["operation"]) for e in obj["metadata"]["managedFields"]}


def owned(obj: Manifest) -> FieldSet:
    fields = FieldSet()
    for entry in obj["metadata"]["managedFields"]:
        fields = fields.union(FieldSet.from_fields(entry["fieldsV1"]))
    return fields


def bare(obj: Manifest) -> Manifest:
    """All but the notes of who owns what, and the version that moves with them."""
    moving = ("managedFields", "resourceVersion")
    return {**obj, "metadata": {k: v for k, v in obj["metadata"].items() if k not in moving}}


async def test_what_is_gone_or_another_deliverys_is_left_and_named(cluster: Cluster) -> None:
    secret, settings = left("Secret", "till"), left("ConfigMap", "settings")
    await cluster.person.delete(secret)
    other = {"metadata": {"labels": {"kustomize.toolkit.fluxcd.io/name": "other"}}}
    await cluster.person.patch(settings, other, field_manager="person")
    said = await cluster.migrate(scale_down=True)
    assert "take over   Kustomization/flux-system/shop: 4 objects" in said
    assert f"            leave {secret}: is not there" in said
    assert f"            leave {settings}: is not marked as this delivery's" in said


async def test_objects_of_a_tenant_are_looked_at_as_the_account_of_the_tenant(
    cluster: Cluster,
) -> None:
    await cluster.person.patch(
        SHOP, {"spec": {"serviceAccountName": "tenant"}}, field_manager="person"
    )
    said = await cluster.migrate(scale_down=True)
    assert "take over   Kustomization/flux-system/shop: 0 objects" in said
    assert 'User "system:serviceaccount:flux-system:tenant" cannot get' in "\n".join(said)


async def test_what_only_flux_serves_has_to_be_left_on_purpose(cluster: Cluster) -> None:
    from_bucket = {"spec": {"sourceRef": {"kind": "Bucket", "name": "shop"}}}
    await cluster.person.patch(SHOP, from_bucket, field_manager="person")
    with pytest.raises(
        InputError, match=r"flux-system/shop: its source is a Bucket.*--leave-unserved"
    ):
        await cluster.migrate(scale_down=True)
    assert await replicas(cluster) == [1, 1]
    await cluster.migrate(scale_down=True, leave_unserved=True)
    assert await recorded(cluster) is None
    assert await recorded(cluster, "platform") is not None


async def test_a_flux_that_an_operator_keeps_running_is_not_stopped(cluster: Cluster) -> None:
    definition, instance = yaml.load_all(OPERATED)
    await install(cluster.person, [definition])
    await cluster.person.create(instance, field_manager="person")
    with pytest.raises(InputError, match=r"FluxInstance/flux-system/flux.*set its annotation"):
        await cluster.migrate(scale_down=True)
    disabled = {"metadata": {"annotations": {"fluxcd.controlplane.io/reconcile": "disabled"}}}
    ref = ObjectRef("fluxcd.controlplane.io", "FluxInstance", "flux-system", "flux", "v1")
    await cluster.person.patch(ref, disabled, field_manager="person")
    assert await cluster.migrate(scale_down=True) == FORWARD


# Trueup at work


async def test_trueup_goes_on_from_there_without_a_write_to_what_flux_delivered(
    cluster: Cluster, tmp_path: Path
) -> None:
    await cluster.migrate(scale_down=True)
    before = await cluster.delivered()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        controllers = Controllers(cluster.person, tmp_path / "cache", allow_local=True)
        working = group.create_task(controllers.run())
        for name in ("platform", "shop"):
            await live(cluster, left("Kustomization", name))
        working.cancel()
    assert await cluster.delivered() == before


async def live(cluster: Cluster, ref: ObjectRef) -> None:
    """Returns when the delivery is live at what the repository holds here."""
    tip = str(cluster.repo.repository.references["refs/heads/main"].target)

    def holds(obj: Manifest) -> bool | None:
        status = obj["status"]
        ready = find(status["conditions"], "Ready") or {}
        return (ready.get("status") == "True" and tip in status["lastAppliedRevision"]) or None

    await following.until(cluster.person, ref, holds, timeout=PATIENCE)


# Back


@pytest.mark.parametrize("lease", ["trueup-controller", "trueup-controller-3"])
async def test_while_trueup_runs_it_is_not_given_back(cluster: Cluster, lease: str) -> None:
    await cluster.migrate(scale_down=True)
    await cluster.hold(lease)
    with pytest.raises(InputError, match="Trueup's controller runs"):
        await cluster.migrate(back=True)
    assert await replicas(cluster) == [0, 0]


async def test_back_it_forgets_its_notes_and_starts_flux_as_it_was(cluster: Cluster) -> None:
    before = await cluster.delivered()
    await cluster.migrate(scale_down=True)
    assert await cluster.migrate(back=True) == BACK
    assert await replicas(cluster) == [1, 1]
    assert await recorded(cluster) is None
    assert "annotations" not in (await cluster.person.get(APPLIER))["metadata"]
    assert await cluster.delivered() == before


@pytest.mark.parametrize("written", range(4))
async def test_broken_off_on_the_way_back_it_goes_on_from_there(
    cluster: Cluster, written: int
) -> None:
    await cluster.migrate(scale_down=True)
    await broken_off(cluster, written, back=True)
    assert await cluster.migrate(back=True) == BACK[written:]
    assert await replicas(cluster) == [1, 1]


async def test_trueup_is_stopped_and_started_like_flux(cluster: Cluster) -> None:
    trueup = await installed(cluster)
    await cluster.migrate(scale_down=True)
    assert (await cluster.migrate(back=True, scale_down=True))[0] == f"scale down  {trueup}"
    assert (await cluster.person.get(trueup))["spec"]["replicas"] == 0
    assert f"scale up    {trueup}, to 2" in await cluster.migrate(scale_down=True)


async def installed(cluster: Cluster) -> ObjectRef:
    """Trueup's Deployment, as ``trueup install`` labels it."""
    flux = await cluster.person.get(APPLIER)
    labels = {"app.kubernetes.io/part-of": "trueup", "app.kubernetes.io/component": "controller"}
    meta = {"name": "trueup-controller", "namespace": "flux-system", "labels": labels}
    manifest = {**flux, "metadata": meta, "spec": {**flux["spec"], "replicas": 2}}
    manifest.pop("status", None)
    return ObjectRef.of(await cluster.person.create(manifest, field_manager="person"))


OPERATED = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: fluxinstances.fluxcd.controlplane.io}
spec:
  group: fluxcd.controlplane.io
  names: {plural: fluxinstances, kind: FluxInstance}
  scope: Namespaced
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
---
apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
"""
