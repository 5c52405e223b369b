"""The order of kinds, of dependencies, and the ids of inventories."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import CycleError
from trueup.objects import ObjectRef
from trueup.plan.dependencies import dependency_order
from trueup.plan.inventory import entry_of, id_of, ref_of, refs_of, union
from trueup.plan.order import apply_order

KINDS = st.sampled_from(
    [
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("", "Namespace"),
        ("", "ServiceAccount"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("", "ConfigMap"),
        ("", "Service"),
        ("serving.knative.dev", "Service"),
        ("apps", "Deployment"),
        ("batch", "Job"),
        ("x.io", "Thing"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ]
)
REFS = st.builds(
    lambda kind, namespace, name: ObjectRef(*kind, namespace, name, "v1"),
    KINDS,
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["x", "y"]),
)


@given(st.lists(REFS, unique=True), st.randoms())
def test_the_order_does_not_depend_on_how_objects_come(
    refs: list[ObjectRef], chance: random.Random
) -> None:
    shuffled = list(refs)
    chance.shuffle(shuffled)
    assert sorted(shuffled, key=apply_order) == sorted(refs, key=apply_order)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("apiextensions.k8s.io", "CustomResourceDefinition"), ("x.io", "Thing")),
        (("", "Namespace"), ("", "ConfigMap")),
        (("", "Namespace"), ("x.io", "Thing")),
        (("rbac.authorization.k8s.io", "Role"), ("rbac.authorization.k8s.io", "RoleBinding")),
        (("", "ServiceAccount"), ("apps", "Deployment")),
        (("", "Secret"), ("apps", "StatefulSet")),
        (("", "Service"), ("apps", "Deployment")),
        (("apps", "Deployment"), ("batch", "Job")),
        (("x.io", "Thing"), ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration")),
        (("", "Service"), ("serving.knative.dev", "Service")),
    ],
    ids=lambda kind: kind[1],
)
def test_what_others_stand_on_comes_first(first: tuple[str, str], then: tuple[str, str]) -> None:
    early, late = ObjectRef(*first, "z", "z"), ObjectRef(*then, "a", "a")
    assert apply_order(early) < apply_order(late)


# Dependencies

GRAPHS = st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3), max_size=7)


@given(GRAPHS.map(lambda graph: {n: [d for d in deps if d < n] for n, deps in graph.items()}))
def test_everything_comes_once_and_after_what_it_depends_on(graph: dict[int, list[int]]) -> None:
    order = dependency_order(graph)
    assert sorted(order) == sorted({*graph, *(d for deps in graph.values() for d in deps)})
    assert all(order.index(d) < order.index(n) for n, deps in graph.items() for d in deps)


@given(GRAPHS)
def test_a_cycle_is_named_and_nothing_else_is_refused(graph: dict[int, list[int]]) -> None:
    try:
        order = dependency_order(graph)
    except CycleError as error:
        way = error.cause.removeprefix("circular dependency detected: ").split(" -> ")
        nodes = list(map(int, way))
        assert nodes.count(nodes[-1]) == 2
        assert all(d in graph[n] for n, d in pairwise(nodes))
    else:
        assert all(order.index(d) < order.index(n) for n, deps in graph.items() for d in deps)


def test_a_long_chain_is_no_problem() -> None:
    chain = {n: [n + 1] for n in range(20_000)}
    assert dependency_order(chain)[0] == 20_000


# Inventories


@pytest.mark.parametrize(
    ("ref", "text"),
    [
        (ObjectRef("apps", "Deployment", "web", "front"), "web_front_apps_Deployment"),
        (ObjectRef("", "Namespace", "", "web"), "_web__Namespace"),
        (
            ObjectRef("rbac.authorization.k8s.io", "ClusterRole", "", "system:node"),
            "_system__node_rbac.authorization.k8s.io_ClusterRole",
        ),
        (ObjectRef("", "ConfigMap", "a", "x.y-z"), "a_x.y-z__ConfigMap"),
    ],
    ids=str,
)
def test_ids_are_written_as_flux_writes_them(ref: ObjectRef, text: str) -> None:
    assert (id_of(ref), ref_of({"id": text, "v": "v1"})) == (text, ref)


@given(
    KINDS,
    st.sampled_from(["", "apps"]),
    st.from_regex(r"[a-z0-9]([-.a-z0-9:]*[a-z0-9])?", fullmatch=True),
)
def test_an_entry_leads_back_to_its_object(
    kind: tuple[str, str], namespace: str, name: str
) -> None:
    if not kind[0].startswith("rbac"):
        name = name.replace(":", "-")
    ref = ObjectRef(*kind, namespace, name, "v1")
    found = ref_of(entry_of(ref))
    assert found == ref
    assert found is not None
    assert found.version == "v1"


@pytest.mark.parametrize("text", ["", "x", "a_b", "_", "__", "___", "a__g_"])
def test_what_is_no_entry_is_passed_over(text: str) -> None:
    assert refs_of([{"id": text, "v": "v1"}, {}]) == []


def test_the_union_has_the_new_versions_and_all_that_is_old() -> None:
    old, new = ObjectRef("x.io", "T", "", "a", "v1"), ObjectRef("x.io", "T", "", "a", "v2")
    gone = ObjectRef("x.io", "T", "", "b", "v1")
    assert [(ref, ref.version) for ref in union([gone, old], [new])] == [(new, "v2"), (gone, "v1")]
