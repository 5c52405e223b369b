"""The kinds that kube-apiserver can read, and the names of their types."""

from __future__ import annotations

import pytest

from trueup.objects import GroupVersionKind
from trueup.schema.known import go_type, internal_type, is_known

SECRET = GroupVersionKind("", "v1", "Secret")
DEFINITION = GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        (GroupVersionKind("", "v1", "ConfigMapList"), True),
        (GroupVersionKind("apps", "v1beta1", "Deployment"), True),
        (GroupVersionKind("apps", "v1", "DeleteOptions"), True),
        (GroupVersionKind("apps", "v7", "DeleteOptions"), False),
        (GroupVersionKind("", "v2", "ConfigMap"), False),
        (DEFINITION, False),
    ],
)
def test_the_core_server_knows_more_kinds_than_it_serves(
    kind: GroupVersionKind, known: bool
) -> None:
    assert is_known(kind, SECRET) is known


def test_a_server_of_its_own_knows_its_own_kinds_alone() -> None:
    assert is_known(DEFINITION, DEFINITION)
    assert not is_known(SECRET, DEFINITION)


def test_versions_of_a_kind_share_their_internal_type() -> None:
    old = GroupVersionKind("extensions", "v1beta1", "Ingress")
    assert internal_type(old) == internal_type(
        GroupVersionKind("networking.k8s.io", "v1", "Ingress")
    )
    assert (go_type(old), internal_type(SECRET)) == ("v1beta1.Ingress", "core.Secret")
