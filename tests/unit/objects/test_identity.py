"""Who an object is, and what its metadata says."""

from __future__ import annotations

from typing import Any

import pytest

from trueup.errors import InputError
from trueup.objects import GroupVersionKind, ObjectRef, manifest


def obj(api_version: Any = "apps/v1", kind: Any = "Deployment", metadata: Any = None) -> Any:
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata or {"name": "web"}}


def test_references_that_differ_in_version_are_one_object() -> None:
    old, new = ObjectRef.of(obj("apps/v1beta1")), ObjectRef.of(obj("apps/v1"))
    assert {old} == {new}
    assert old.version != new.version


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"name": "web", "namespace": "apps"}, "Deployment/apps/web"),
        ({"name": "web"}, "Deployment/web"),
        ({"name": "web", "namespace": None}, "Deployment/web"),
    ],
)
def test_a_reference_reads_as_people_say_it(metadata: dict[str, Any], text: str) -> None:
    assert str(ObjectRef.of(obj(metadata=metadata))) == text


@pytest.mark.parametrize(("api_version", "group"), [("v1", ""), ("apps/v1", "apps")])
def test_an_api_version_is_split_and_joined(api_version: str, group: str) -> None:
    gvk = GroupVersionKind.of(api_version, "Thing")
    assert (gvk.group, gvk.version, gvk.api_version) == (group, "v1", api_version)


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ({}, "object has no apiVersion and kind"),
        (obj(api_version=""), "object has no apiVersion and kind"),
        (obj(kind=None), "object has no apiVersion and kind"),
        (obj(api_version=1), "object has no apiVersion and kind"),
        (obj(metadata={"namespace": "a"}), "Deployment: object has no metadata.name"),
        (obj(metadata={"name": 1}), "Deployment: metadata.name is not a string"),
        (obj(metadata={"name": "a", "namespace": ["b"]}), "Deployment: metadata.namespace is not"),
        (obj(metadata="x"), "Deployment: object has no metadata.name"),
    ],
)
def test_an_object_without_an_identity_is_refused(broken: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError) as caught:
        ObjectRef.of(broken)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize("broken", [{}, {"metadata": None}, {"metadata": []}, obj()])
def test_absent_metadata_reads_as_empty(broken: dict[str, Any]) -> None:
    assert (manifest.labels(broken), manifest.annotations(broken)) == ({}, {})


def test_a_copy_shares_nothing() -> None:
    one = {"a": [{"b": 1}]}
    other = manifest.copy(one)
    other["a"][0]["b"] = 2
    assert one == {"a": [{"b": 1}]}
