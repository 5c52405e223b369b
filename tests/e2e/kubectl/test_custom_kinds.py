"""A CustomResourceDefinition's kinds are served, explained, shown and described at once."""

from tests.e2e.kubectl.conftest import Kubectl
from tests.e2e.kubectl.objects import WIDGET, WIDGETS


def test_a_new_kind_is_served_like_any_other(kubectl: Kubectl) -> None:
    kubectl("apply -f -", WIDGETS)
    kubectl("wait --for=condition=Established crd/widgets.example.com --timeout=120s")
    kubectl.eventually("get widgets")
    assert kubectl("create -f -", WIDGET) == "widget.example.com/one created\n"
    assert kubectl("get wd").split() == ["NAME", "SIZE", "one", "3"]
    assert kubectl("apply -f -", WIDGET.replace("3", "4")) == "widget.example.com/one configured\n"
    kubectl.eventually("explain widget.spec.size", "How large it is.")
    assert "size\t<integer>" in kubectl("explain widgets --recursive")
    assert "Size:  4" in kubectl("describe widget one")
    assert "wd" in kubectl("api-resources --api-group=example.com")
