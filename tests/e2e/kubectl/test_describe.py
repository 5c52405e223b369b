"""kubectl describe puts an object, what belongs to it and its events on one page."""

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import DEPLOYMENT

EVENT = """\
apiVersion: v1
kind: Event
metadata: {name: told}
involvedObject: {apiVersion: apps/v1, kind: Deployment, name: web, namespace: NS, uid: UID}
reason: Tested
message: All is well
type: Normal
source: {component: tester}
"""


def test_a_deployment_with_its_events(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    uid = kubectl("get deployment web -o jsonpath={.metadata.uid}")
    kubectl("create -f -", EVENT.replace("NS", kubectl.namespace).replace("UID", uid))
    page = kubectl("describe deployment web")
    assert "2 desired | 0 updated | 0 total | 0 available | 0 unavailable" in page
    assert "All is well" in page
    assert "Tested" in kubectl("get events")
    assert "All is well" in kubectl("events --for deployment/web")


def test_other_kinds(kubectl: Kubectl) -> None:
    kubectl("create service nodeport s --tcp=80:8080")
    kubectl.eventually("get serviceaccount default")
    kubectl("run p --image=nginx")
    assert "NodePort:" in kubectl("describe service s")
    assert "Service Account:  default" in kubectl("describe pod p")
    assert "Active" in kubectl(f"describe namespace {kubectl.namespace}")
