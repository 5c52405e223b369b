"""Putting an installation in place: what is said of each object, and what is left alone."""

from __future__ import annotations

import asyncio

import pytest

from trueup.cluster import Client
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.errors import InputError, TrueupError
from trueup.installation import render
from trueup.installation.applying import (
    Done,
    Step,
    apply,
    await_rollout,
    refuse_if_delivered,
)
from trueup.installation.findings import Level
from trueup.installation.requirements import requirements
from trueup.installation.stopping import deployment_in
from trueup.objects import ObjectRef
from trueup.objects.manifest import copy
from trueup.testing.objects import available
from trueup.testing.patience import PATIENCE

DEPLOYMENT = deployment_in("trueup-system")
SERVICE = ObjectRef("", "Service", "trueup-system", "trueup-controller", "v1")
RECORDS = ObjectRef(
    "apiextensions.k8s.io", "CustomResourceDefinition", "", "deliveryrecords.trueup.dev", "v1"
)


async def test_a_second_time_nothing_is_written(admin: Client) -> None:
    assert await done(admin) == {Done.CREATED}
    before = [await admin.get(ObjectRef.of(obj)) for obj in render()]
    assert await done(admin) == {Done.UNCHANGED}
    assert [await admin.get(ObjectRef.of(obj)) for obj in render()] == before


async def test_a_dry_run_foretells_and_changes_nothing(admin: Client) -> None:
    assert await done(admin, dry_run=True) == {Done.CREATED}
    assert await admin.find(ObjectRef("", "Namespace", "", "trueup-system", "v1")) is None


async def test_what_was_changed_by_hand_is_set_right(admin: Client) -> None:
    await done(admin)
    elsewhere = {"spec": {"selector": {"app.kubernetes.io/name": "other"}}}
    await admin.patch(SERVICE, elsewhere, field_manager="person")
    steps = await steps_of(admin)
    assert [step.ref for step in steps if step.done is Done.CONFIGURED] == [SERVICE]
    selector = (await admin.get(SERVICE))["spec"]["selector"]
    assert selector == {"app.kubernetes.io/name": "trueup-controller"}


async def test_a_definition_of_somebody_else_is_kept(admin: Client) -> None:
    theirs = records(**{"app.kubernetes.io/part-of": "flux"})
    created = await admin.create(theirs, field_manager="flux")
    steps = await steps_of(admin)
    assert [step.ref for step in steps if step.done is Done.KEPT] == [RECORDS]
    assert (await admin.get(RECORDS))["metadata"]["labels"] == created["metadata"]["labels"]


async def test_a_definition_of_somebody_else_that_is_too_old_is_refused(admin: Client) -> None:
    theirs = records()
    theirs["spec"]["versions"][0]["name"] = "v1alpha0"
    await admin.create(theirs, field_manager="flux")
    with pytest.raises(InputError, match="does not serve v1alpha1"):
        await steps_of(admin)


async def test_an_installation_that_git_keeps_is_refused(admin: Client) -> None:
    await steps_of(admin)
    group = "kustomize.toolkit.fluxcd.io"
    marks = {f"{group}/name": "trueup", f"{group}/namespace": "gitops"}
    await admin.patch(DEPLOYMENT, {"metadata": {"labels": marks}}, field_manager="person")
    with pytest.raises(InputError, match="from Git by the Kustomization gitops/trueup"):
        await refuse_if_delivered(admin, DEPLOYMENT)


async def test_a_wait_that_is_over_says_what_keeps_the_pods(admin: Client) -> None:
    await steps_of(admin)
    live = await admin.get(DEPLOYMENT)
    template = live["spec"]["template"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": template["metadata"] | {"name": "one", "namespace": "trueup-system"},
        "spec": template["spec"],
    }
    await admin.create(pod, field_manager="kubelet")
    ref = ObjectRef("", "Pod", "trueup-system", "one", "v1")
    state = {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}
    container = {"name": "controller", "image": "a", "imageID": "", "restartCount": 0}
    status = {"containerStatuses": [{**container, "ready": False, "state": state}]}
    await admin.patch(ref, {"status": status}, field_manager="kubelet", subresource="status")
    with pytest.raises(TrueupError, match="ErrImagePull: no such image"):
        await await_rollout(admin, DEPLOYMENT, lambda text: None, timeout=0.2)


async def test_a_wait_ends_when_the_deployment_is_available(admin: Client) -> None:
    await steps_of(admin)
    said: list[str] = []
    waiting = asyncio.create_task(await_rollout(admin, DEPLOYMENT, said.append, timeout=PATIENCE))
    live = await admin.get(DEPLOYMENT)
    await admin.patch(
        DEPLOYMENT, {"status": available(live)}, field_manager="kubelet", subresource="status"
    )
    await waiting
    assert said[-1].endswith("Deployment is available. Replicas: 2")


async def test_whoever_may_do_nothing_is_told_what_he_may_not(plane: ControlPlane) -> None:
    nobody = Client(InProcessTransport(plane, User("nobody", groups=("system:authenticated",))))
    [version, permissions] = await requirements(nobody, render())
    assert (version.level, permissions.level) == (Level.OK, Level.FAILED)
    assert "patch ClusterRole" in permissions.message


async def steps_of(admin: Client, *, dry_run: bool = False) -> list[Step]:
    steps: list[Step] = []
    await apply(admin, render(), steps.append, dry_run=dry_run)
    return steps


async def done(admin: Client, *, dry_run: bool = False) -> set[Done]:
    return {step.done for step in await steps_of(admin, dry_run=dry_run)}


def records(**labels: str) -> dict:
    [found] = [copy(obj) for obj in render() if ObjectRef.of(obj) == RECORDS]
    found["metadata"]["labels"] = labels
    return found
