"""kubectl diff shows what an apply would change, and changes nothing."""

import pytest

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import DEPLOYMENT


@pytest.mark.parametrize("side", ["", " --server-side --force-conflicts"])
def test_diff_shows_the_change_and_makes_none(kubectl: Kubectl, side: str) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    file = kubectl.file("web.yaml", DEPLOYMENT.replace("nginx:1", "nginx:2"))
    kubectl(f"diff{side} -f {file}", code=1)
    image = kubectl("get deployment web -o jsonpath={.spec.template.spec.containers[0].image}")
    assert image == "nginx:1"


def test_diff_of_what_is_there_is_empty(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    assert kubectl("diff -f -", DEPLOYMENT) == ""
