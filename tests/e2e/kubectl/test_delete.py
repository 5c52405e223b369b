"""kubectl delete cascades as asked, by name, by label and all at once, and waits."""

import pytest

from tests.e2e.kubectl.conftest import Kubectl


def family(kubectl: Kubectl) -> None:
    kubectl("create configmap owner")
    uid = kubectl("get configmap owner -o jsonpath={.metadata.uid}")
    owner = (
        f"{{apiVersion: v1, kind: ConfigMap, name: owner, uid: {uid}, blockOwnerDeletion: true}}"
    )
    metadata = f"{{name: child, ownerReferences: [{owner}]}}"
    kubectl("create -f -", f"{{apiVersion: v1, kind: ConfigMap, metadata: {metadata}}}")


@pytest.mark.parametrize("cascade", ["background", "foreground"])
def test_dependents_go_too(kubectl: Kubectl, cascade: str) -> None:
    family(kubectl)
    kubectl(f"delete configmap owner --cascade={cascade}")
    kubectl("wait --for=delete configmap/child --timeout=120s")


def test_orphans_stay(kubectl: Kubectl) -> None:
    family(kubectl)
    kubectl("delete configmap owner --cascade=orphan")
    assert kubectl("get configmap child -o jsonpath={.metadata.ownerReferences}") == ""


def test_by_label_and_all_at_once(kubectl: Kubectl) -> None:
    for name in ("a", "b", "c"):
        kubectl(f"create secret generic {name}")
    kubectl("label secret a go=1")
    assert kubectl("delete secret -l go=1") == 'secret "a" deleted\n'
    assert kubectl("delete secret --all") == 'secret "b" deleted\nsecret "c" deleted\n'


def test_a_namespace_goes_with_all_that_it_holds(kubectl: Kubectl) -> None:
    kubectl("create configmap a")
    kubectl(f"delete namespace {kubectl.namespace}")
    assert "NotFound" in kubectl("get configmap a", code=1)
