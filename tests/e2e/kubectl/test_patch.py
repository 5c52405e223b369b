"""kubectl patch changes objects in three ways, and the status apart."""

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import DEPLOYMENT


def test_three_kinds_of_patch(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    container = '{"name":"server","env":[{"name":"A","value":"1"}]}'
    strategic = f'{{"spec":{{"template":{{"spec":{{"containers":[{container}]}}}}}}}}'
    kubectl(f"patch deployment web -p {strategic}")
    kubectl('patch deployment web --type merge -p {"spec":{"replicas":5}}')
    operation = '[{"op":"add","path":"/metadata/labels/x","value":"z"}]'
    kubectl(f"patch deployment web --type json -p {operation}")
    path = "{.spec.template.spec.containers[0].image}{.spec.replicas}{.metadata.labels.x}"
    assert kubectl(f"get deployment web -o jsonpath={path}") == "nginx:15z"


def test_the_status_is_patched_apart(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    kubectl('patch deployment web --subresource=status --type merge -p {"status":{"replicas":2}}')
    assert kubectl("get deployment web -o jsonpath={.status.replicas}") == "2"
