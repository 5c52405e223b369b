"""kubectl apply --server-side names the manager in the way, and can force its way."""

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import DEPLOYMENT


def test_a_conflict_names_the_manager_and_the_field(kubectl: Kubectl) -> None:
    kubectl("apply --server-side --field-manager first -f -", DEPLOYMENT)
    other = DEPLOYMENT.replace("replicas: 2", "replicas: 3")
    refusal = kubectl("apply --server-side --field-manager second -f -", other, code=1)
    assert 'Apply failed with 1 conflict: conflict with "first": .spec.replicas' in refusal


def test_force_takes_the_field_over(kubectl: Kubectl) -> None:
    kubectl("apply --server-side --field-manager first -f -", DEPLOYMENT)
    other = DEPLOYMENT.replace("replicas: 2", "replicas: 3")
    forced = kubectl("apply --server-side --force-conflicts --field-manager second -f -", other)
    assert forced == "deployment.apps/web serverside-applied\n"
    assert kubectl("get deployment web -o jsonpath={.spec.replicas}") == "3"
