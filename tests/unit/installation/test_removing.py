"""What goes with Trueup, and what does not."""

from __future__ import annotations

import pytest

from tests.unit.installation.test_inspection import FLUX
from trueup.cluster import Client
from trueup.controllers.definitions import MANAGER
from trueup.errors import TrueupError
from trueup.installation import Installation, render
from trueup.installation.applying import apply
from trueup.installation.removing import Removal, remove
from trueup.installation.repository import Home
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.testing.patience import PATIENCE

FINALIZER = "finalizers.fluxcd.io"
DEFINITION = "apiextensions.k8s.io", "CustomResourceDefinition"
THEIRS = ObjectRef("kustomize.toolkit.fluxcd.io", "Kustomization", "default", "app", "v1")
REMOVAL = Removal("trueup-system", timeout=PATIENCE)


async def test_nothing_is_left_of_an_installation(admin: Client) -> None:
    await installed(admin)
    await remove(admin, REMOVAL, lambda text: None)
    admin.forget_discovery()
    assert [each for each in render() if await admin.find(ObjectRef.of(each))] == []


async def test_a_definition_that_is_not_ours_stays_with_all_that_is_of_its_kind(
    admin: Client,
) -> None:
    await installed(admin)
    theirs = ObjectRef(*DEFINITION, "", "kustomizations.kustomize.toolkit.fluxcd.io", "v1")
    flux = {"metadata": {"labels": {"app.kubernetes.io/part-of": "flux"}}}
    await admin.patch(theirs, flux, field_manager="flux")
    await admin.create(delivery(), field_manager="person")
    await remove(admin, REMOVAL, lambda text: None)
    assert await admin.find(theirs)
    assert "finalizers" not in (await admin.get(THEIRS))["metadata"]


async def test_beside_flux_only_what_is_ours_is_freed(admin: Client) -> None:
    await installed(admin)
    await admin.create(yaml.load(FLUX), field_manager="person")
    await admin.create(delivery(), field_manager="person")
    home = Home(Installation(), "https://git.example/fleet", "main", "")
    source, own = home.sync.manifests()
    for obj in (source, own):
        marked = {"labels": {"app.kubernetes.io/part-of": "trueup"}, "finalizers": [FINALIZER]}
        await admin.create({**obj, "metadata": obj["metadata"] | marked}, field_manager="person")
    said: list[str] = []
    await remove(admin, REMOVAL, said.append)
    assert (await admin.get(THEIRS))["metadata"]["finalizers"] == [FINALIZER]
    assert await admin.find(ObjectRef.of(own)) is None
    assert said[1].startswith("another system works on")


async def test_what_holds_a_definition_is_named(admin: Client) -> None:
    await installed(admin)
    held = delivery()
    held["metadata"]["finalizers"].append("example.com/theirs")
    await admin.create(held, field_manager="person")
    cause = "customresourcecleanup.apiextensions.k8s.io"
    with pytest.raises(TrueupError, match=f"kustomizations.*held by {cause}"):
        await remove(admin, Removal("trueup-system", timeout=3), lambda text: None)


def delivery() -> Manifest:
    spec = {"interval": "1h", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "a"}}
    metadata = {"name": "app", "namespace": "default", "finalizers": [FINALIZER]}
    head = {"apiVersion": THEIRS.api_version, "kind": THEIRS.kind}
    return {**head, "metadata": metadata, "spec": spec}


async def installed(admin: Client) -> None:
    await apply(admin, render(), lambda step: None, manager=MANAGER)
