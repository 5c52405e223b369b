"""kubectl get prints tables, documents, names, columns of one's own, and selections."""

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import DEPLOYMENT


def test_a_table_has_the_columns_of_its_kind(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    head, row = kubectl("get deployments").splitlines()
    assert head.split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert row.split()[:4] == ["web", "0/2", "0", "0"]


def test_a_wide_table_has_more_columns(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    head, row = kubectl("get deployments -o wide").splitlines()
    assert head.split()[5:] == ["CONTAINERS", "IMAGES", "SELECTOR"]
    assert row.split()[5:] == ["server", "nginx:1", "app=web"]


def test_outputs_for_programs(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    assert kubectl("get deployments -o name") == "deployment.apps/web\n"
    assert "kind: Deployment" in kubectl("get deployment web -o yaml")
    assert '"kind": "List"' in kubectl("get deployments -o json")
    columns = "custom-columns=N:.metadata.name,R:.spec.replicas"
    assert kubectl(f"get deployments -o {columns}").split() == ["N", "R", "web", "2"]


def test_selections_by_label_and_field(kubectl: Kubectl) -> None:
    for name, tier in (("a", "front"), ("b", "back")):
        kubectl(f"create configmap {name}")
        kubectl(f"label configmap {name} tier={tier}")
    assert kubectl("get configmaps -l tier=front -o name") == "configmap/a\n"
    assert kubectl("get configmaps -l tier!=front,tier -o name") == "configmap/b\n"
    assert kubectl("get configmaps --field-selector metadata.name=b -o name") == "configmap/b\n"
    sorted_names = kubectl("get configmaps -l tier -o name --sort-by .metadata.labels.tier")
    assert sorted_names.split() == ["configmap/b", "configmap/a"]


def test_all_namespaces_in_small_pages(kubectl: Kubectl) -> None:
    for namespace in ("default", "kube-system"):
        kubectl.eventually(f"get serviceaccount default -n {namespace}")
    listed = kubectl("get serviceaccounts -A --chunk-size=1").splitlines()
    assert listed[0].split()[0] == "NAMESPACE"
    assert {"default", "kube-system"} <= {line.split()[0] for line in listed}


def test_what_is_not_there_is_said_so(kubectl: Kubectl) -> None:
    missing = kubectl("get configmap none", code=1)
    assert missing == 'Error from server (NotFound): configmaps "none" not found\n'
    assert "the server doesn't have a resource type" in kubectl("get nonsense", code=1)
