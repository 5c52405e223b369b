"""What an installation is made of: the objects, what can be chosen, and what ``deploy`` holds."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.build_deploy import FOLDER, files
from trueup import __version__
from trueup.cli.verbs.controller import command
from trueup.installation import Installation, render
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.render.kustomize import Options, build
from trueup.tree import FolderTree
from trueup.wiring import definitions

VARIANTS = [Installation(), Installation(lockdown=True)]
SHARDED = Installation(shards=3, replicas=4)


def test_deploy_holds_what_the_package_carries() -> None:
    there = {
        path.relative_to(FOLDER).as_posix(): path.read_text()
        for path in FOLDER.rglob("*")
        if path.is_file()
    }
    assert there == files(), "write it anew: make docs"


@pytest.mark.parametrize("installation", VARIANTS, ids=lambda i: i.variant)
def test_the_base_in_deploy_builds_to_the_plain_file_and_to_what_is_installed(
    installation: Installation,
) -> None:
    built = build(FolderTree(FOLDER), installation.variant, Options(reorder="legacy"))
    plain = FOLDER / ("trueup-lockdown.yaml" if installation.lockdown else "trueup.yaml")
    assert built == yaml.load_all(plain.read_bytes()) == render(installation)


def test_every_kind_that_the_controllers_run_is_defined() -> None:
    rendered = render()
    for definition in definitions():
        [found] = [each for each in rendered if named(each) == named(definition)]
        assert found["spec"] == definition["spec"]


def test_namespace_image_and_replicas_can_be_chosen() -> None:
    image = "images.example:5000/gitops/trueup@sha256:" + "0" * 64
    chosen = render(Installation(namespace="gitops", image=image, replicas=3))
    deployment = one(chosen, "Deployment")
    assert deployment["spec"]["replicas"] == 3
    assert container(chosen)["image"] == image
    assert {subject["namespace"] for each in chosen for subject in each.get("subjects", ())} == {
        "gitops"
    }
    assert "trueup-system" not in yaml.dump_all(chosen)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", f"trueup:{__version__}"),
        ("images.example/trueup", f"images.example/trueup:{__version__}"),
        ("images.example:5000/a/trueup", f"images.example:5000/a/trueup:{__version__}"),
        ("trueup:main", "trueup:main"),
    ],
)
def test_an_image_without_a_tag_is_of_this_version(asked: str, found: str) -> None:
    assert container(render(Installation(image=asked)))["image"] == found


@pytest.mark.parametrize("installation", [*VARIANTS, SHARDED], ids=lambda i: i.variant)
def test_the_command_line_knows_every_argument_of_the_container(installation: Installation) -> None:
    verb, *args = container(render(installation))["args"]
    command.make_context(verb, [arg.replace("$(POD_IP)", "10.0.0.1") for arg in args])


def test_all_selectors_mean_the_pods_of_the_deployment() -> None:
    rendered = render()
    labels = one(rendered, "Deployment")["spec"]["template"]["metadata"]["labels"]
    selectors = [
        one(rendered, "Deployment")["spec"]["selector"]["matchLabels"],
        one(rendered, "Service")["spec"]["selector"],
        one(rendered, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        one(rendered, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(selector.items() <= labels.items() for selector in selectors)


def test_only_the_default_variant_lets_trueup_do_anything() -> None:
    given = {role["roleRef"]["name"] for role in render() if "roleRef" in role}
    locked = {role["roleRef"]["name"] for role in render(VARIANTS[1]) if "roleRef" in role}
    assert given == {"trueup-controller", "trueup-leases", "cluster-admin"}
    assert locked == {"trueup-controller", "trueup-leases", "trueup-watch"}


@pytest.mark.parametrize("installation", VARIANTS, ids=lambda i: i.variant)
def test_no_role_of_trueup_writes_what_is_not_its_own(installation: Installation) -> None:
    ours = {definition["spec"]["group"] for definition in definitions()}
    writes = {
        (group, resource, verb)
        for role in render(installation)
        if role["kind"] in ("Role", "ClusterRole")
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        if verb not in ("get", "list", "watch") and group not in ours
    }
    assert {(group, resource) for group, resource, _ in writes} == {
        ("", "events"),
        ("", "serviceaccounts"),
        ("", "serviceaccounts/token"),
        ("coordination.k8s.io", "leases"),
    }
    assert ("", "serviceaccounts", "impersonate") in writes


def named(obj: Manifest) -> str:
    return str(ObjectRef.of(obj))


def one(objects: list[Manifest], kind: str) -> Any:
    [found] = [obj for obj in objects if obj["kind"] == kind]
    return found


def container(objects: list[Manifest]) -> Any:
    [found] = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"]
    return found


def test_the_table_of_roles_in_the_documents_is_true() -> None:
    page = (FOLDER.parent / "docs" / "security.md").read_text()
    rows = [line.strip("|\n ").split(" | ") for line in page.splitlines() if "| " in line][1:]
    said = [[row[0].replace("core", "")] + [cell.split() for cell in row[1:3]] for row in rows]
    rules = [
        [rule["apiGroups"][0], rule["resources"], rule["verbs"]]
        for name in ("trueup-controller", "trueup-leases")
        for role in render()
        if role["kind"] in ("Role", "ClusterRole") and role["metadata"]["name"] == name
        for rule in role["rules"]
    ]
    assert said == rules
