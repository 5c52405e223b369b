"""What a bootstrap writes into a repository, and what becomes of it on the cluster."""

from __future__ import annotations

import pytest

from trueup.dialects.flux.delivery_dialect import KustomizationDialect
from trueup.errors import InputError
from trueup.installation import Installation, render
from trueup.installation.repository import Home, clean_path
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.objects.manifest import annotations, labels
from trueup.tree import MemoryTree

URL = "https://git.example/fleet"
HOME = Home(Installation(), URL, "main", "clusters/one", secret="trueup-system")
LOCKED = Home(Installation(lockdown=True), URL, "main", "")
PRUNE = "kustomize.toolkit.fluxcd.io/prune"


def written(home: Home, before: dict[str, str] | None = None) -> dict[str, str]:
    return {**(before or {}), **home.files(MemoryTree(before or {}))}


def delivered(home: Home, before: dict[str, str] | None = None) -> dict[ObjectRef, Manifest]:
    objects = home.objects(MemoryTree(written(home, before)))
    return {ObjectRef.of(obj): obj for obj in objects}


def test_the_files_lie_in_a_folder_named_as_the_namespace() -> None:
    folder = "clusters/one/trueup-system"
    names = ("trueup.yaml", "sync.yaml", "kustomization.yaml")
    assert set(written(HOME)) == {f"{folder}/{name}" for name in names}
    assert set(written(LOCKED)) == {f"trueup-system/{name}" for name in names}


def test_they_render_to_the_installation_its_source_and_its_delivery() -> None:
    found = delivered(HOME)
    assert {ObjectRef.of(obj) for obj in render()} < set(found)
    rest = set(found) - {ObjectRef.of(obj) for obj in render()}
    assert {str(ref) for ref in rest} == {
        "GitRepository/trueup-system/trueup-system",
        "Kustomization/trueup-system/trueup-system",
    }


def test_the_delivery_is_of_the_whole_folder_of_the_cluster() -> None:
    [source] = of_kind(HOME, "GitRepository")
    [delivery] = of_kind(HOME, "Kustomization")
    assert source["spec"] == {
        "interval": "1m",
        "ref": {"branch": "main"},
        "url": URL,
        "secretRef": {"name": "trueup-system"},
    }
    assert (delivery["spec"]["path"], delivery["spec"]["prune"]) == ("./clusters/one", True)


def test_a_mistake_in_git_prunes_no_definition_and_no_namespace() -> None:
    kept = {ref.kind for ref, obj in delivered(HOME).items() if PRUNE in annotations(obj)}
    assert kept == {"CustomResourceDefinition", "Namespace"}


def test_all_is_marked_as_the_delivery_will_mark_it() -> None:
    group = "kustomize.toolkit.fluxcd.io"
    marks = {f"{group}/name": "trueup-system", f"{group}/namespace": "trueup-system"}
    assert all(marks.items() <= labels(obj).items() for obj in delivered(HOME).values())


@pytest.mark.parametrize("home", [HOME, LOCKED], ids=["open", "lockdown"])
def test_what_is_applied_at_first_is_what_the_delivery_will_apply(home: Home) -> None:
    _, resource = home.sync.manifests()
    tree = MemoryTree(written(home))
    rendering = KustomizationDialect().delivery_of(resource).render(tree, [])
    kept = {desired.ref: desired.manifest() for desired in rendering}
    assert kept == delivered(home)


def test_the_users_patches_stay_and_count() -> None:
    path = "clusters/one/trueup-system/kustomization.yaml"
    theirs = yaml.dump(
        {
            "resources": ["trueup.yaml", "sync.yaml"],
            "replicas": [{"name": "trueup-controller", "count": 5}],
        }
    )
    assert written(HOME, {path: theirs})[path] == theirs
    [deployment] = [o for r, o in delivered(HOME, {path: theirs}).items() if r.kind == "Deployment"]
    assert deployment["spec"]["replicas"] == 5


def test_in_lockdown_trueup_is_delivered_by_an_account_of_its_own() -> None:
    [delivery] = of_kind(LOCKED, "Kustomization")
    account = delivery["spec"]["serviceAccountName"]
    bindings = of_kind(LOCKED, "ClusterRoleBinding")
    roles = {
        binding["roleRef"]["name"]
        for binding in bindings
        if {"kind": "ServiceAccount", "name": account, "namespace": "trueup-system"}
        in binding["subjects"]
    }
    assert roles == {"cluster-admin"}


@pytest.mark.parametrize(
    ("given", "clean"), [("", ""), (".", ""), ("./a/", "a"), ("/a//b", "a/b"), ("a/../b", "b")]
)
def test_a_path_is_that_of_a_folder_in_the_repository(given: str, clean: str) -> None:
    assert clean_path(given) == clean


def test_a_path_out_of_the_repository_is_refused() -> None:
    with pytest.raises(InputError, match="leaves the repository"):
        clean_path("a/../../b")


def of_kind(home: Home, kind: str) -> list[Manifest]:
    return [obj for ref, obj in delivered(home).items() if ref.kind == kind]
