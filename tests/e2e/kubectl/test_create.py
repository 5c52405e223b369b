"""kubectl create makes objects from flags and from files, tries them dry, and names them."""

import re

from tests.e2e.kubectl.conftest import Kubectl


def test_create_from_flags(kubectl: Kubectl) -> None:
    assert kubectl("create deployment web --image=nginx") == "deployment.apps/web created\n"
    assert kubectl("create secret generic s --from-literal=k=v") == "secret/s created\n"
    assert kubectl("create service clusterip s --tcp=80:8080") == "service/s created\n"
    assert kubectl("create job j --image=busybox") == "job.batch/j created\n"
    role = "create role r --verb=get --resource=pods"
    assert kubectl(role) == "role.rbac.authorization.k8s.io/r created\n"


def test_create_gives_a_name(kubectl: Kubectl) -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {generateName: many-}}"
    assert re.fullmatch(r"configmap/many-\w{5} created\n", kubectl("create -f -", text))


def test_a_dry_creation_shows_and_stores_nothing(kubectl: Kubectl) -> None:
    shown = kubectl("create configmap a --dry-run=server -o jsonpath={.metadata.uid}")
    assert len(shown) == 36
    assert "NotFound" in kubectl("get configmap a", code=1)


def test_what_exists_is_not_created_again(kubectl: Kubectl) -> None:
    kubectl("create configmap a")
    refusal = kubectl("create configmap a", code=1)
    assert refusal == 'error: failed to create configmap: configmaps "a" already exists\n'


def test_an_unknown_field_is_refused_by_name(kubectl: Kubectl) -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dat: {}}"
    assert 'unknown field "dat"' in kubectl("create -f -", text, code=1)
