"""kubectl auth and create token: who one is, what one may do, and a service account's token."""

from tests.e2e.kubectl.conftest import Kubectl
from trueup.objects import yaml


def test_can_i_answers_yes_and_no(kubectl: Kubectl) -> None:
    assert kubectl("auth can-i delete nodes") == "yes\n"
    kubectl("auth can-i get pods --as=alice", code=1)
    kubectl("create role reader --verb=get --resource=pods")
    kubectl("create rolebinding reader --role=reader --user=alice")
    assert kubectl.eventually("auth can-i get pods --as=alice") == "yes\n"
    assert "pods" in kubectl("auth can-i --list --as=alice")


def test_who_am_i(kubectl: Kubectl) -> None:
    assert "system:masters" in kubectl("auth whoami")


def test_a_service_accounts_token_is_its_own(kubectl: Kubectl) -> None:
    kubectl("create serviceaccount robot")
    token = kubectl("create token robot").strip()
    name = f"system:serviceaccount:{kubectl.namespace}:robot"
    kubectl.environment["KUBECONFIG"] = _as(kubectl, token)
    assert name in kubectl("auth whoami")
    assert "is forbidden" in kubectl("get pods", code=1)


def _as(kubectl: Kubectl, token: str) -> str:
    config = yaml.load(kubectl("config view --raw --minify --flatten"))
    config["users"][0]["user"] = {"token": token}
    return str(kubectl.folder / kubectl.file("robot.yaml", yaml.dump(config)))
