"""kubectl apply creates, then says what it changed, and leaves alone what did not change."""

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import DEPLOYMENT


def test_apply_creates_configures_and_leaves_alone(kubectl: Kubectl) -> None:
    changed = DEPLOYMENT.replace("nginx:1", "nginx:2")
    assert kubectl("apply -f -", DEPLOYMENT) == "deployment.apps/web created\n"
    assert kubectl("apply -f -", DEPLOYMENT) == "deployment.apps/web unchanged\n"
    assert kubectl("apply -f -", changed) == "deployment.apps/web configured\n"
    image = kubectl("get deployment web -o jsonpath={.spec.template.spec.containers[0].image}")
    assert image == "nginx:2"


def test_what_is_no_longer_in_the_file_is_removed(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    kubectl("apply -f -", DEPLOYMENT.replace("  labels: {app: web}\nspec:", "spec:"))
    assert kubectl("get deployment web -o jsonpath={.metadata.labels}") == ""
