"""kubectl edit saves what the editor made of an object, and keeps quiet about no change."""

from tests.e2e.kubectl.conftest import Kubectl


def test_an_edit_is_saved(kubectl: Kubectl) -> None:
    kubectl("create configmap a --from-literal=k=old")
    kubectl.editor = "sed -i s/old/new/"
    assert kubectl("edit configmap a") == "configmap/a edited\n"
    assert kubectl("get configmap a -o jsonpath={.data.k}") == "new"


def test_no_change_is_no_edit(kubectl: Kubectl) -> None:
    kubectl("create configmap a --from-literal=k=old")
    before = kubectl("get configmap a -o jsonpath={.metadata.resourceVersion}")
    assert kubectl("edit configmap a") == ""
    assert kubectl("get configmap a -o jsonpath={.metadata.resourceVersion}") == before
