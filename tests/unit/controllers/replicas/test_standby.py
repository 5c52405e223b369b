"""Beside Flux and Argo CD, on one control plane: who else works is seen, and not fought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.controllers.conftest import (
    EVENT,
    GIT_REPOSITORY,
    KUSTOMIZATION,
    PATIENCE,
    condition,
    config_map,
    config_map_ref,
    ref_of,
)
from trueup.apply import Objection
from trueup.cluster import Client, following
from trueup.controllers.definitions import install
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.errors import TrueupError
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.testing.git import GitRepo
from trueup.wiring import CONTROLLER, Controllers, definitions, run_alone

DEPLOYMENT = GroupVersionKind("apps", "v1", "Deployment")
LEASE = ObjectRef(
    "coordination.k8s.io", "Lease", "gitops", "kustomize-controller-leader-election", "v1"
)


class World:
    """A control plane, a person, and work that is to be done there alone."""

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        self.person = Client(InProcessTransport(plane, CONTROLLER))
        self.works = asyncio.Event()
        self.rests = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Callable[[Objection], Awaitable[None]] | None = None) -> None:
        self._task = asyncio.create_task(run_alone(self.person, work or self._work))

    async def _work(self, objection: Objection) -> None:
        self.works.set()
        self.rests.clear()
        try:
            await asyncio.Event().wait()
        finally:
            self.works.clear()
            self.rests.set()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def runs(self, component: str, replicas: int = 1, *, part_of: str = "flux") -> None:
        await self.person.apply(workload(component, replicas, part_of), field_manager="installer")

    async def lease(self, holder: str, *, ago: float = 0, seconds: int = 35) -> None:
        moment = datetime.now(UTC) - timedelta(seconds=ago)
        spec = {
            "holderIdentity": holder,
            "leaseDurationSeconds": seconds,
            "renewTime": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        found = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": spec}
        meta = {"name": LEASE.name, "namespace": LEASE.namespace}
        await self.person.apply({**found, "metadata": meta}, field_manager="leader", force=True)

    async def told(self) -> str:
        """The message of the first Event that says so, once there is one."""
        async with asyncio.timeout(PATIENCE):
            while not (found := (await self.person.list(EVENT)).items):
                await asyncio.sleep(0.01)
        return str(found[0]["message"])


def workload(component: str, replicas: int, part_of: str = "flux") -> Manifest:
    labels = {"app.kubernetes.io/part-of": part_of, "app.kubernetes.io/component": component}
    container = {"name": "manager", "image": f"example.com/{component}:1"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": component, "namespace": "gitops", "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": component}},
            "template": {
                "metadata": {"labels": {"app": component}},
                "spec": {"containers": [container]},
            },
        },
    }


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    plane = ControlPlane(tmp_path / "data")
    await plane.start()
    world = World(plane)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "gitops"}}
    await world.person.create(namespace, field_manager="person")
    yield world
    await world.stop()
    await plane.stop()


async def within(wait: Awaitable[object]) -> None:
    async with asyncio.timeout(PATIENCE):
        await wait


async def test_alone_it_works(world: World) -> None:
    world.start()
    await within(world.works.wait())


@pytest.mark.parametrize("component", ["kustomize-controller", "source-controller"])
async def test_it_stands_by_while_flux_runs_and_says_how_to_hand_over(
    world: World, component: str
) -> None:
    await world.runs(component)
    world.start()
    assert await world.told() == (
        f"Trueup stands by: Flux's {component} runs; "
        "hand over with `trueup migrate --scale-down`, or scale it down to 0"
    )
    assert not world.works.is_set()


async def test_it_goes_on_by_itself_when_flux_is_scaled_down(world: World) -> None:
    await world.runs("kustomize-controller")
    world.start()
    await world.told()
    await world.runs("kustomize-controller", 0)
    await within(world.works.wait())


async def test_it_stops_at_once_when_flux_comes_back(world: World) -> None:
    world.start()
    await within(world.works.wait())
    await world.runs("kustomize-controller")
    await within(world.rests.wait())


@pytest.mark.parametrize("component", ["helm-controller", "notification-controller"])
async def test_flux_controllers_of_other_resources_are_no_hindrance(
    world: World, component: str
) -> None:
    await world.runs(component)
    world.start()
    await within(world.works.wait())


async def test_a_lease_that_is_renewed_shows_a_flux_that_has_no_labels(world: World) -> None:
    await world.lease("pod-1")
    world.start()
    assert "Flux's kustomize-controller runs" in await world.told()


async def test_a_lease_that_is_released_is_no_hindrance(world: World) -> None:
    await world.lease("pod-1")
    world.start()
    await world.told()
    await world.person.patch(LEASE, {"spec": {"holderIdentity": ""}}, field_manager="leader")
    await within(world.works.wait())


async def test_a_lease_that_a_killed_flux_left_is_waited_for_no_longer_than_it_lasts(
    world: World,
) -> None:
    await world.lease("pod-1", seconds=1)
    world.start()
    await within(world.works.wait())


async def test_an_old_lease_is_no_hindrance_until_it_is_renewed(world: World) -> None:
    await world.lease("pod-1", ago=3600)
    world.start()
    await within(world.works.wait())
    await world.lease("pod-1", ago=3590)
    await within(world.rests.wait())


async def test_the_end_of_the_work_is_the_end_of_the_standby(world: World) -> None:
    async def work(objection: Objection) -> None:
        raise TrueupError("done for")

    with pytest.raises(TrueupError, match="done for"):
        await run_alone(world.person, work)


async def test_whoever_may_not_look_is_told_which_rights_are_missing(world: World) -> None:
    blind = Client(InProcessTransport(world.plane, User("blind")))
    with pytest.raises(
        TrueupError, match="get, list and watch deployments, statefulsets and lease"
    ):
        await run_alone(blind, world._work)


# Single objects


@pytest.fixture
async def delivering(world: World, tmp_path: Path) -> World:
    """The same with Trueup's controllers at work."""
    await install(world.person, definitions())

    async def control(objection: Objection) -> None:
        cache = tmp_path / "cache"
        await Controllers(world.person, cache, allow_local=True, objection=objection).run()

    world.start(control)
    return world


async def deliver(world: World, repo: GitRepo, **files: Manifest) -> str:
    """Deliver ``files`` and return what the delivery says in the end."""
    repo.commit({f"app/{name}.yaml": yaml.dump(manifest) for name, manifest in files.items()})
    for manifest in yaml.load_all(DELIVERY.format(url=repo.url)):
        await world.person.apply(manifest, field_manager="person")

    def decide(obj: Manifest) -> str | None:
        ready = condition(obj, "Ready")
        return str(ready["message"]) if ready.get("status") in ("True", "False") else None

    return await following.until(
        world.person, ref_of(KUSTOMIZATION, "app", "gitops"), decide, timeout=PATIENCE
    )


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo.git")


def own(**data: str) -> Manifest:
    found: Manifest = yaml.load(config_map("a", "gitops", **data))
    return found


async def track(world: World) -> None:
    """Argo CD's Application ``shop`` has the object, too."""
    tracked = own(key="0")
    tracked["metadata"]["annotations"] = {TRACKING: "shop:/ConfigMap:gitops/a"}
    await world.person.apply(tracked, field_manager="argocd-controller")


async def test_what_a_living_argo_cd_keeps_is_not_applied_and_the_delivery_says_so(
    delivering: World, repo: GitRepo
) -> None:
    await track(delivering)
    await delivering.runs("application-controller", part_of="argocd")
    assert await deliver(delivering, repo, a=own(key="1"), b=SOMETHING) == (
        "ConfigMap/gitops/a: is kept by Argo CD, by its 'shop'; "
        "take it out there, or out of this delivery"
    )
    assert (await delivering.person.get(OURS))["data"] == {"key": "0"}
    assert await delivering.person.find(config_map_ref("b", "gitops"))


async def test_what_an_argo_cd_kept_that_is_gone_is_applied(
    delivering: World, repo: GitRepo
) -> None:
    await track(delivering)
    await delivering.runs("application-controller", 0, part_of="argocd")
    assert "Applied revision" in await deliver(delivering, repo, a=own(key="1"))
    assert (await delivering.person.get(OURS))["data"] == {"key": "1"}


async def test_what_argo_cd_keeps_by_now_is_not_pruned(delivering: World, repo: GitRepo) -> None:
    await deliver(delivering, repo, a=own(key="0"), b=SOMETHING)
    await track(delivering)
    await delivering.runs("application-controller", part_of="argocd")
    commit = repo.commit({"app/a.yaml": None})
    asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": commit}}}
    source, delivery = (ref_of(kind, "app", "gitops") for kind in (GIT_REPOSITORY, KUSTOMIZATION))
    await delivering.person.patch(source, asked, field_manager="person")
    await following.until(
        delivering.person,
        delivery,
        lambda obj: commit in obj["status"].get("lastAppliedRevision", "") or None,
        timeout=PATIENCE,
    )
    assert await delivering.person.find(OURS)


async def test_nothing_is_applied_that_would_start_flux_again(
    delivering: World, repo: GitRepo
) -> None:
    flux = workload("kustomize-controller", 1)
    assert "would start Flux's kustomize-controller" in await deliver(delivering, repo, flux=flux)
    assert (
        await delivering.person.find(ref_of(DEPLOYMENT, "kustomize-controller", "gitops")) is None
    )


async def test_a_flux_that_is_stopped_in_git_may_stay_there(
    delivering: World, repo: GitRepo
) -> None:
    flux = workload("kustomize-controller", 0)
    assert "Applied revision" in await deliver(delivering, repo, flux=flux)


async def test_a_flux_whose_live_objects_say_to_leave_them_alone_may_stay_there_too(
    delivering: World, repo: GitRepo
) -> None:
    await delivering.runs("kustomize-controller", 0)
    asked = {"metadata": {"annotations": {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}}}
    ref = ref_of(DEPLOYMENT, "kustomize-controller", "gitops")
    await delivering.person.patch(ref, asked, field_manager="person")
    flux = workload("kustomize-controller", 1)
    assert "Applied revision" in await deliver(delivering, repo, flux=flux)
    assert (await delivering.person.get(ref))["spec"]["replicas"] == 0


OURS = config_map_ref("a", "gitops")
SOMETHING: Manifest = yaml.load(config_map("b", "gitops"))
TRACKING = "argocd.argoproj.io/tracking-id"
DELIVERY = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: app, namespace: gitops}}
spec: {{interval: 1h, url: "{url}", ref: {{branch: main}}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: app, namespace: gitops}}
spec:
  interval: 1h
  path: ./app
  prune: true
  sourceRef: {{kind: GitRepository, name: app}}
"""
