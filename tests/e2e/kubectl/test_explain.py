"""kubectl explain tells what a field is, from the server's own description."""

from tests.e2e.kubectl.conftest import Kubectl


def test_a_field_is_explained(kubectl: Kubectl) -> None:
    told = kubectl("explain deployment.spec.replicas")
    assert "FIELD: replicas <integer>" in told
    assert "Number of desired pods." in told


def test_a_whole_kind_is_outlined(kubectl: Kubectl) -> None:
    told = kubectl("explain pod --recursive")
    assert "imagePullPolicy\t<string>" in told
    assert "terminationGracePeriodSeconds\t<integer>" in told


def test_the_values_of_a_field_are_told(kubectl: Kubectl) -> None:
    told = kubectl("explain pod.spec.restartPolicy")
    assert "ENUM:\n    Always\n    Never\n    OnFailure\n" in told


def test_a_field_that_does_not_exist_is_said_so(kubectl: Kubectl) -> None:
    assert 'field "nonsense" does not exist' in kubectl("explain pod.nonsense", code=1)
