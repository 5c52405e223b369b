"""The story in acts: what is done, and what must come true. Read it from the top."""

from __future__ import annotations

import signal
from time import monotonic

from examples.demo.repository import AUTHOR
from examples.demo.stage import (
    CONFIG_MAP,
    CONTENT,
    DELIVERY,
    DEPLOYMENT,
    ENVIRONMENTS,
    NAMESPACE,
    SERVICE,
    NotTrueError,
    Stage,
    image_of,
    ref,
)
from trueup.objects import Manifest, ObjectRef
from trueup.report import DeliveryRecord, record_ref

OLD, NEW, NEXT = (f"stefanprodan/podinfo:{tag}" for tag in ("6.7.0", "6.8.0", "6.9.0"))
PERSON = "kubectl-edit"
NOTE = "example.com/note"
BASE = "apps/shop/base/kustomization.yaml"
STAGING = "apps/shop/overlays/staging"


async def start(stage: Stage) -> None:
    """Start an API server and all controllers, in one process"""
    await stage.open()
    stage.narrator.does(stage.home.command)
    stage.narrator.found(f"a Kubernetes API is served at {stage.home.url}")


async def prepare(stage: Stage) -> None:
    """Make a Git repository with three environments"""
    stage.repository.create(CONTENT)
    stage.narrator.does(f"examples/fleet is committed and pushed to {stage.repository.remote}")
    stage.narrator.found(f"main is at {stage.repository.head[:8]}")


async def bring_live(stage: Stage) -> None:
    """Bring it live: dev first, then staging, then prod"""
    await bootstrap(stage)
    stage.narrator.does("bootstrap.yaml is applied: where the repository is, and what to follow")
    await _follow(stage, stage.repository.head)
    await stage.trueup("get")
    await stage.trueup("tree", "shop-prod")


async def bootstrap(stage: Stage) -> None:
    """Apply what makes the cluster follow the repository."""
    for manifest in stage.repository.bootstrap():
        await stage.client.apply(manifest, field_manager="demo")


async def meddle(stage: Stage) -> None:
    """Somebody changes prod by hand"""
    shop = _deployment("prod")
    noted = {"metadata": {"annotations": {NOTE: "on call this week: Sam"}}}
    await stage.client.patch(shop, noted, field_manager="team-notes")
    container = {"name": "shop", "image": f"{OLD}-debug"}
    by_hand = {"spec": {"template": {"spec": {"containers": [container]}}}}
    begun = monotonic()
    await stage.client.patch(shop, by_hand, type="strategic-merge", field_manager=PERSON)
    stage.narrator.does(f"team-notes leaves a note on {shop}, {PERSON} sets another image")
    await stage.wait(shop, lambda obj: image_of(obj) == OLD or None, "the image was to be undone")
    took = (monotonic() - begun) * 1000
    stage.narrator.found(f"the image was undone {took:.0f} ms later")
    annotations = (await stage.client.get(shop))["metadata"]["annotations"]
    if NOTE not in annotations:
        raise NotTrueError("the note, which is nothing that Git says, was to stay")
    stage.narrator.found("the note stayed: Git does not mention it")


async def delete(stage: Stage) -> None:
    """Somebody deletes a Service in staging"""
    shop = ref(SERVICE, "shop-staging", "shop")
    before = (await stage.client.get(shop))["metadata"]["uid"]
    await stage.client.delete(shop)
    stage.narrator.does(f"{shop} is deleted")
    await stage.wait(
        shop,
        lambda obj: obj["metadata"]["uid"] != before or None,
        "the Service was to be created again",
    )
    stage.narrator.found("it was created again")
    await _drift_on_record(stage, "shop-prod", PERSON)
    await _drift_on_record(stage, "shop-staging", "")
    await stage.trueup("drift")


async def prune(stage: Stage) -> None:
    """A commit removes a file"""
    page = ref(CONFIG_MAP, "shop-staging", "maintenance-page")
    others = await _generations(stage, [_deployment(environment) for environment in ENVIRONMENTS])
    stage.repository.remove(f"{STAGING}/maintenance-page.yaml")
    stage.repository.replace(f"{STAGING}/kustomization.yaml", "  - maintenance-page.yaml\n", "")
    commit = stage.repository.push("Remove the maintenance page from staging")
    stage.narrator.does(f"{commit[:8]} removes maintenance-page.yaml from staging")
    await _ask(stage)
    await _follow(stage, commit)
    if await stage.client.find(page) is not None:
        raise NotTrueError(f"{page} was to be pruned")
    stage.narrator.found(f"{page} is gone")
    if await _generations(stage, list(others)) != others:
        raise NotTrueError("the Deployments were to stay as they were")
    stage.narrator.found("nothing else was touched")
    await stage.trueup("history", "shop-staging")


async def release(stage: Stage) -> None:
    """A commit releases a new version"""
    stage.repository.replace(BASE, '"6.7.0"', '"6.8.0"')
    stage.repository.replace("apps/shop/base/settings.env", "classic", "express")
    commit = stage.repository.push("Release 6.8 with the express checkout")
    stage.narrator.does(f"{commit[:8]} changes the image and a setting, for all environments")
    await _ask(stage)
    await _follow(stage, commit)
    await _runs(stage, NEW)


async def roll_back(stage: Stage) -> None:
    """The release was a mistake: roll it back, in Git"""
    await stage.trueup("rollback", "shop-prod", "--author", AUTHOR)
    commit = stage.repository.pull()
    stage.narrator.found(f"{commit[:8]} was pushed: {stage.repository.title(commit)}")
    await _follow(stage, commit, in_order=False)
    await _runs(stage, OLD)


async def crash(stage: Stage) -> None:
    """Kill it with -9 in the middle of the next release"""
    services = [ref(SERVICE, f"shop-{environment}", "shop") for environment in ENVIRONMENTS]
    before = [(await stage.client.get(service))["metadata"]["uid"] for service in services]
    stage.repository.replace(BASE, '"6.7.0"', '"6.9.0"')
    commit = stage.repository.push("Release 6.9")
    await _ask(stage)
    async for _ in stage.live(["shop-dev"], commit):
        pass
    pid = stage.home.pid
    await stage.crash()
    stage.narrator.does(f"dev is live at {commit[:8]}; kill -{signal.SIGKILL:d} {pid}")
    await stage.open()
    stage.narrator.does(f"{stage.home.command}, again")
    await _follow(stage, commit, in_order=False)
    await _runs(stage, NEXT)
    after = [(await stage.client.get(service))["metadata"]["uid"] for service in services]
    if before != after:
        raise NotTrueError("all Services were to be the same as before")
    stage.narrator.found("it went on where it was, and nothing was lost")


async def stop(stage: Stage) -> None:
    """Stop"""
    code = await stage.close()
    if code:
        raise NotTrueError(f"trueup was to end with exit code 0, not {code}")
    stage.narrator.found("no process is left")


OPENING = (start, prepare, bring_live)
ACTS = (*OPENING, meddle, delete, prune, release, roll_back, crash, stop)


async def tell(stage: Stage) -> None:
    """Play all acts; NotTrueError where one does not come true. Always ends what it started."""
    try:
        for act in ACTS:
            stage.narrator.step(act.__doc__ or "")
            await act(stage)
    finally:
        await stage.close()


async def _ask(stage: Stage) -> None:
    """Make Trueup look at the remote now, instead of at the next poll."""
    await stage.trueup("reconcile", "gitrepository/fleet")


async def _follow(stage: Stage, commit: str, *, in_order: bool = True) -> None:
    """Wait until all environments are live at ``commit``, and see that none overtook another.

    Not ``in_order`` where some may have been live before we looked.
    """
    order = []
    async for name in stage.live([f"shop-{each}" for each in ENVIRONMENTS], commit):
        order.append(name.removeprefix("shop-"))
        stage.narrator.found(f"{order[-1]} is live at {commit[:8]}")
    if in_order and tuple(order) != ENVIRONMENTS:
        raise NotTrueError(f"the order was to be {', '.join(ENVIRONMENTS)}, not {', '.join(order)}")


async def _runs(stage: Stage, image: str) -> None:
    for environment in ENVIRONMENTS:
        found = image_of(await stage.client.get(_deployment(environment)))
        if found != image:
            raise NotTrueError(f"{environment} was to run {image}, not {found}")
    stage.narrator.found(f"all three run {image}")


async def _drift_on_record(stage: Stage, delivery: str, manager: str) -> None:
    """Wait until the record of a delivery names a drift, by ``manager`` if that can be known."""

    def decide(manifest: Manifest) -> bool | None:
        drifts = DeliveryRecord.from_manifest(manifest).drifts
        managers = {by.manager for drift in drifts for by in drift.managers}
        return (manager in managers if manager else bool(drifts)) or None

    about = record_ref(ref(DELIVERY, NAMESPACE, delivery))
    await stage.wait(about, decide, f"the drift of {delivery} was to be recorded")


async def _generations(stage: Stage, refs: list[ObjectRef]) -> dict[ObjectRef, int]:
    found = [await stage.client.get(each) for each in refs]
    return {ObjectRef.of(obj): obj["metadata"]["generation"] for obj in found}


def _deployment(environment: str) -> ObjectRef:
    return ref(DEPLOYMENT, f"shop-{environment}", "shop")
