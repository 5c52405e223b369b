"""kubectl replace puts an object in place of another, by force anew."""

from tests.e2e.kubectl.conftest import Kubectl

BEFORE = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}"


def test_replace_and_replace_by_force(kubectl: Kubectl) -> None:
    kubectl("create -f -", BEFORE)
    uid = kubectl("get configmap a -o jsonpath={.metadata.uid}")
    assert kubectl("replace -f -", BEFORE.replace("v}", "w}")) == "configmap/a replaced\n"
    assert kubectl("get configmap a -o jsonpath={.data.k}{.metadata.uid}") == f"w{uid}"
    file = kubectl.file("a.yaml", f"---\n{BEFORE}")
    kubectl(f"replace --force -f {file}")
    assert uid not in kubectl("get configmap a -o jsonpath={.metadata.uid}")
