"""kubectl label and annotate set, refuse to overwrite, and remove."""

import pytest

from tests.e2e.kubectl.conftest import Kubectl


@pytest.mark.parametrize(("verb", "done"), [("label", "labeled"), ("annotate", "annotated")])
def test_set_overwrite_and_remove(kubectl: Kubectl, verb: str, done: str) -> None:
    kubectl("create configmap a")
    assert kubectl(f"{verb} configmap a k=v") == f"configmap/a {done}\n"
    assert "already has a value (v)" in kubectl(f"{verb} configmap a k=w", code=1)
    assert kubectl(f"{verb} configmap a k=w --overwrite") == f"configmap/a {done}\n"
    kubectl(f"{verb} configmap a k-")
    assert "k: w" not in kubectl("get configmap a -o yaml")
