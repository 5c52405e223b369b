"""What a check says of an installation that somebody damaged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from trueup.cluster import Client
from trueup.cluster.following import until_gone
from trueup.controllers.replicas.leader import lease_ref
from trueup.controllers.replicas.shard import Shard
from trueup.controllers.replicas.shards import Shards
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.installation import Installation, render
from trueup.installation.applying import apply
from trueup.installation.findings import Finding, Level
from trueup.installation.inspection import inspection
from trueup.installation.stopping import deployment_in
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.testing.objects import available
from trueup.testing.patience import PATIENCE

NAMESPACE = "trueup-system"
DEFAULT = Installation()
RBAC = "rbac.authorization.k8s.io"
ROLE = ObjectRef(RBAC, "ClusterRole", "", "trueup-controller", "v1")
BINDING = ObjectRef(RBAC, "ClusterRoleBinding", "", "trueup-controller", "v1")
DELIVERY = ObjectRef(RBAC, "ClusterRoleBinding", "", "trueup-delivery", "v1")
DEFINITION = ObjectRef(
    "apiextensions.k8s.io", "CustomResourceDefinition", "", "deliveryrecords.trueup.dev", "v1"
)
KUSTOMIZATIONS = ObjectRef(
    *("apiextensions.k8s.io", "CustomResourceDefinition", ""),
    *("kustomizations.kustomize.toolkit.fluxcd.io", "v1"),
)
ACCOUNT = ObjectRef("", "ServiceAccount", NAMESPACE, "trueup-controller", "v1")
DEPLOYMENT = deployment_in(NAMESPACE)

Damage = Callable[[Client], Awaitable[Any]]


async def delete_definition(admin: Client) -> None:
    await admin.delete(DEFINITION)
    await until_gone(admin, DEFINITION, timeout=PATIENCE)


async def delete_binding(admin: Client) -> None:
    await admin.delete(BINDING)


async def delete_delivery(admin: Client) -> None:
    await admin.delete(DELIVERY)


async def rename_account(admin: Client) -> None:
    subjects = [{"kind": "ServiceAccount", "name": "other", "namespace": NAMESPACE}]
    await admin.patch(BINDING, {"subjects": subjects}, field_manager="person")


async def narrow_role(admin: Client) -> None:
    rules = [r for r in (await admin.get(ROLE))["rules"] if "events" not in r["resources"]]
    await admin.patch(ROLE, {"rules": rules}, field_manager="person")


async def widen_role(admin: Client) -> None:
    rule = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["delete"]}
    rules = [*(await admin.get(ROLE))["rules"], rule]
    await admin.patch(ROLE, {"rules": rules}, field_manager="person")


async def star_role(admin: Client) -> None:
    """More than is needed, and all that is."""
    rule = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    await admin.patch(ROLE, {"rules": [rule]}, field_manager="person")


async def narrow_to_names(admin: Client) -> None:
    rules = [{**rule, "resourceNames": ["one"]} for rule in (await admin.get(ROLE))["rules"]]
    await admin.patch(ROLE, {"rules": rules}, field_manager="person")


async def age_definition(admin: Client) -> None:
    """As Flux had it before ``spec.ignore``, and still of ours."""
    live = await admin.get(KUSTOMIZATIONS)
    del spec_of(live)["ignore"]
    await admin.patch(KUSTOMIZATIONS, {"spec": live["spec"]}, field_manager="person")


async def replace_definition(admin: Client) -> None:
    """The same, by Flux itself."""
    await age_definition(admin)
    theirs = {"metadata": {"labels": {"app.kubernetes.io/part-of": "flux"}}}
    await admin.patch(KUSTOMIZATIONS, theirs, field_manager="flux")


def spec_of(definition: Manifest) -> Manifest:
    """The fields of ``spec`` in its first version."""
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    fields: Manifest = schema["properties"]["spec"]["properties"]
    return fields


async def delete_account(admin: Client) -> None:
    await admin.delete(ACCOUNT)


async def refuse_pods(admin: Client) -> None:
    told = {"reason": "FailedCreate", "message": "exceeded quota: small"}
    failure = {"type": "ReplicaFailure", "status": "True", **told}
    live = await admin.get(DEPLOYMENT)
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 0)
    changed = {"status": {**available(live), **counts, "conditions": [failure]}}
    await admin.patch(DEPLOYMENT, changed, field_manager="kubelet", subresource="status")


async def age_deployment(admin: Client) -> None:
    old = {"metadata": {"labels": {"app.kubernetes.io/version": "0.0.9"}}}
    await admin.patch(DEPLOYMENT, old, field_manager="person")


async def run_flux(admin: Client) -> None:
    await admin.create(yaml.load(FLUX), field_manager="person")


async def deliver_in_vain(admin: Client) -> None:
    await admin.create(yaml.load(DELIVERED), field_manager="person")


@pytest.mark.parametrize(
    ("damage", "subject", "level", "message"),
    [
        (delete_definition, DEFINITION, Level.FAILED, "is missing"),
        (delete_binding, BINDING, Level.FAILED, "is missing"),
        (delete_delivery, DELIVERY, Level.WARNING, "is not there"),
        (rename_account, BINDING, Level.FAILED, "does not name the controllers' account"),
        (narrow_role, ROLE, Level.FAILED, "does not allow create events"),
        (widen_role, ROLE, Level.WARNING, "allows more than is needed: delete nodes"),
        (star_role, ROLE, Level.WARNING, "allows more than is needed: * *.*"),
        (narrow_to_names, ROLE, Level.FAILED, "does not allow"),
        (age_definition, KUSTOMIZATIONS, Level.WARNING, "is old: it lacks spec.ignore; run"),
        (replace_definition, KUSTOMIZATIONS, Level.WARNING, "spec.ignore; upgrade what it belongs"),
        (delete_account, ACCOUNT, Level.FAILED, "is missing"),
        (refuse_pods, DEPLOYMENT, Level.FAILED, "FailedCreate: exceeded quota: small"),
        (age_deployment, DEPLOYMENT, Level.WARNING, "is of version 0.0.9"),
        (run_flux, "Other systems", Level.FAILED, "Flux's kustomize-controller runs"),
        (deliver_in_vain, "Kustomization", Level.WARNING, "0 of 1 ready; not so: default/app"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_a_damage_is_named(
    admin: Client, damage: Damage, subject: object, level: Level, message: str
) -> None:
    await installed(admin)
    async with leading(admin):
        await damage(admin)
        [found] = [each for each in await inspected(admin) if each.level is not Level.OK]
    assert (found.subject, found.level) == (str(subject), level)
    assert message in str(found)


async def test_a_replica_that_died_with_the_lease_is_named(admin: Client) -> None:
    await installed(admin)
    lease = lease_ref(NAMESPACE, "trueup-controller")
    spec = {"holderIdentity": "dead_1", "leaseDurationSeconds": 1}
    manifest = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": spec}
    metadata = {"namespace": NAMESPACE, "name": lease.name}
    await admin.create({**manifest, "metadata": metadata}, field_manager="person")
    [found] = [each for each in await inspected(admin) if each.level is not Level.OK]
    assert (found.subject, found.message) == (str(lease), "dead_1 renews it no more")


async def test_what_we_may_not_look_at_is_named_beside_what_we_may(
    admin: Client, plane: ControlPlane
) -> None:
    await installed(admin)
    await admin.create(yaml.load(LOOKER), field_manager="person")
    user = User("looker", groups=("system:authenticated",))
    async with leading(admin):
        found = await inspected(Client(InProcessTransport(plane, user)))
    levels = {each.subject: each.level for each in found}
    assert levels[str(DEPLOYMENT)] == levels["GitRepository"] == Level.OK
    hidden = next(each for each in found if each.subject == str(ROLE))
    assert (hidden.level, "cannot get resource" in hidden.message) == (Level.FAILED, True)


async def test_lockdown_is_recognised(admin: Client) -> None:
    await installed(admin, Installation(lockdown=True))
    async with leading(admin):
        found = await inspected(admin)
    assert [each for each in found if each.level is not Level.OK] == []
    assert "Lockdown" in {each.subject for each in found}


async def test_each_shard_must_have_somebody_who_works_on_it(admin: Client) -> None:
    await installed(admin, Installation(shards=2))
    async with leading(admin, shards=2):
        assert [each for each in await inspected(admin) if each.level is not Level.OK] == []
    missing = [each.subject for each in await inspected(admin) if each.level is not Level.OK]
    leases = [f"Lease/{NAMESPACE}/trueup-controller-{number}" for number in range(2)]
    assert missing == leases


async def inspected(admin: Client) -> list[Finding]:
    admin.forget_discovery()
    return await inspection(admin, NAMESPACE)


async def installed(admin: Client, installation: Installation = DEFAULT) -> None:
    """In place, and as it would be with its Pods running."""
    await apply(admin, render(installation), lambda step: None)
    status = {"status": available(await admin.get(DEPLOYMENT))}
    await admin.patch(DEPLOYMENT, status, field_manager="kubelet", subresource="status")


@asynccontextmanager
async def leading(admin: Client, shards: int = 1) -> AsyncIterator[None]:
    """A replica that works, and goes on renewing, for as long as the block runs."""
    started = asyncio.Event()
    replica = Shards(admin, lease_ref(NAMESPACE, "trueup-controller"), shards)

    async def work(shard: Shard, client: Client) -> None:
        if len(replica.served) == shards:
            started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(replica.run(work))
    await started.wait()
    yield
    task.cancel()
    await asyncio.wait((task,))


LOOKER = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: looker}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: User, name: looker, apiGroup: rbac.authorization.k8s.io}]
"""
FLUX = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: kustomize-controller
  namespace: default
  labels: {app.kubernetes.io/part-of: flux, app.kubernetes.io/component: kustomize-controller}
spec:
  replicas: 1
  selector: {matchLabels: {app: kc}}
  template:
    metadata: {labels: {app: kc}}
    spec: {containers: [{name: manager, image: "example.com/kc:1"}]}
"""
DELIVERED = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: default}
spec: {interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: repo}}
"""
