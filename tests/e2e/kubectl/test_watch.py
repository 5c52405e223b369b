"""kubectl get --watch prints each change as it happens."""

from tests.e2e.kubectl.conftest import Kubectl


def test_a_watch_prints_rows_as_objects_change(kubectl: Kubectl) -> None:
    kubectl("create configmap a --from-literal=k=v")
    watching = kubectl.start("get configmap a --watch --output-watch-events")
    assert watching.stdout is not None
    assert watching.stdout.readline().split() == ["EVENT", "NAME", "DATA", "AGE"]
    assert watching.stdout.readline().split()[:3] == ["ADDED", "a", "1"]
    kubectl('patch configmap a --patch {"data":{"l":"w"}}')
    assert watching.stdout.readline().split()[:3] == ["MODIFIED", "a", "2"]
    kubectl("delete configmap a")
    assert watching.stdout.readline().split()[:3] == ["DELETED", "a", "2"]
    watching.kill()
    watching.communicate()
