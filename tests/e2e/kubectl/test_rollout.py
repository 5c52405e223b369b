"""kubectl scale, set image, autoscale, expose and rollout work on Deployments."""

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import DEPLOYMENT

ROLLED_OUT = (
    '{"status":{"observedGeneration":9,"replicas":2,"updatedReplicas":2,'
    '"readyReplicas":2,"availableReplicas":2}}'
)


def test_scale_refuses_where_the_size_is_another(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    assert kubectl("scale deployment web --replicas=4") == "deployment.apps/web scaled\n"
    refusal = kubectl("scale deployment web --current-replicas=2 --replicas=3", code=1)
    assert refusal == "error: Expected replicas to be 2, was 4\n"


def test_image_autoscaler_and_service(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    kubectl("set image deployment/web server=nginx:3")
    kubectl("autoscale deployment web --min=1 --max=3")
    assert kubectl("expose deployment web --port=80") == "service/web exposed\n"
    assert "nginx:3" in kubectl("get deployment web -o wide")
    assert "Deployment/web" in kubectl("get hpa web")


def test_a_rollout_is_restarted_and_followed(kubectl: Kubectl) -> None:
    kubectl("apply -f -", DEPLOYMENT)
    assert kubectl("rollout restart deployment/web") == "deployment.apps/web restarted\n"
    kubectl(f"patch deployment web --subresource=status --type merge -p {ROLLED_OUT}")
    done = kubectl("rollout status deployment/web --timeout=120s")
    assert done == 'deployment "web" successfully rolled out\n'
