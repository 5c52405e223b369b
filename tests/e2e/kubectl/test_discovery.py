"""kubectl finds out what the server serves, which version it is, and that it is well."""

from tests.e2e.kubectl.conftest import Kubectl


def test_resources_and_versions(kubectl: Kubectl) -> None:
    resources = kubectl("api-resources --verbs=list --namespaced -o name").split()
    assert {"configmaps", "deployments.apps", "events.events.k8s.io"} <= set(resources)
    assert {"v1", "apps/v1", "autoscaling/v2"} <= set(kubectl("api-versions").split())


def test_version_and_health(kubectl: Kubectl) -> None:
    assert "Server Version: v1." in kubectl("version")
    assert "Kubernetes control plane" in kubectl("cluster-info")
    assert kubectl("get --raw /readyz") == "ok"


def test_what_is_not_there_is_said_plainly(kubectl: Kubectl) -> None:
    assert kubectl("top pods", code=1) == "error: Metrics API not available\n"
