"""kubectl wait returns when a condition, a value or a deletion comes true, and not before."""

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import DEPLOYMENT
from trueup.testing.patience import PATIENCE

AVAILABLE = '{"status":{"conditions":[{"type":"Available","status":"True"}]}}'


def test_wait_for_a_condition(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    waiting = kubectl.start("wait --for=condition=Available deployment/web --timeout=120s")
    kubectl(f"patch deployment web --subresource=status --type merge -p {AVAILABLE}")
    printed, _ = waiting.communicate(timeout=PATIENCE)
    assert printed == "deployment.apps/web condition met\n"


def test_wait_for_a_value(kubectl: Kubectl) -> None:
    kubectl("create configmap a --from-literal=k=v")
    kubectl("wait --for=jsonpath={.data.k}=v configmap/a --timeout=120s")


def test_waiting_ends_in_time(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    late = kubectl("wait --for=condition=Available deployment/web --timeout=1s", code=1)
    assert "timed out waiting for the condition on deployments/web" in late
