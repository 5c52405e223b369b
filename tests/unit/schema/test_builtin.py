"""The index of Kubernetes' own schemas: complete, for every version, and made by its script."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from tests.scripts import script
from trueup.objects import GroupVersionKind
from trueup.schema import NEWEST, Schema, builtin, definitions, kinds, versions, zero_value

ROOT = Path(__file__).parents[3]
VERSIONS = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
DEPLOYMENT = GroupVersionKind("apps", "v1", "Deployment")


def test_what_ships_is_what_the_script_builds() -> None:
    data = ROOT / "src" / "trueup" / "schema" / "data"
    shipped = {file.name for file in data.iterdir()} - {"published.json.z"}  # see tests/contract
    for name, content in script("build_schemas").contents():
        shipped.remove(name)
        assert json.loads(zlib.decompress((data / name).read_bytes())) == content, name
    assert not shipped


def test_there_is_an_index_for_each_version() -> None:
    assert (versions(), NEWEST) == (VERSIONS, VERSIONS[-1])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_reference_of_every_kind_leads_somewhere(version: str) -> None:
    known = definitions(version)
    missing = {
        name
        for definition in known.values()
        for name in _references(definition)
        if name not in known
    }
    assert missing == set()
    assert len(kinds(version)) > 100


def _references(node: object) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [name for value in node.values() for name in _references(value)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "kind",
    [
        "v1 Pod",
        "v1 ConfigMap",
        "apps/v1 Deployment",
        "batch/v1 Job",
        "networking.k8s.io/v1 Ingress",
    ],
)
def test_what_everybody_uses_is_in_each_version(version: str, kind: str) -> None:
    gvk = GroupVersionKind.of(*kind.split())
    found = builtin(gvk, version)
    assert found is not None
    assert {"apiVersion", "kind", "metadata"} <= set(found.properties)


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("admissionregistration.k8s.io/v1 MutatingAdmissionPolicy", "1.36"),
        ("resource.k8s.io/v1 ResourceClaim", "1.34"),
        ("networking.k8s.io/v1 IPAddress", "1.33"),
    ],
)
def test_a_kind_is_known_from_its_first_version_on(kind: str, first: str) -> None:
    gvk = GroupVersionKind.of(*kind.split())
    assert next(version for version in VERSIONS if builtin(gvk, version)) == first


def test_a_kind_of_nobody_is_unknown() -> None:
    assert builtin(GroupVersionKind("x.io", "v1", "Thing")) is None


def test_a_version_without_an_index_is_an_error() -> None:
    with pytest.raises(KeyError):
        definitions("1.2")


def at(path: str) -> Schema:
    """The place in a Deployment that ``path`` leads to; ``[]`` is an item."""
    found = builtin(DEPLOYMENT)
    for name in path.split("."):
        assert found is not None
        found = found.items if name == "[]" else found.field(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "list_type", "keys"),
    [
        ("spec.template.spec.containers", "map", ("name",)),
        ("spec.template.spec.containers.[].ports", "map", ("containerPort", "protocol")),
        ("spec.template.spec.containers.[].command", "atomic", ()),
        ("spec.template.spec.tolerations", "atomic", ()),
        ("metadata.finalizers", "set", ()),
        ("metadata.ownerReferences", "map", ("uid",)),
        (
            "spec.template.spec.topologySpreadConstraints",
            "map",
            ("topologyKey", "whenUnsatisfiable"),
        ),
    ],
)
def test_lists_know_how_they_merge(path: str, list_type: str, keys: tuple[str, ...]) -> None:
    assert (at(path).list_type, at(path).list_keys) == (list_type, keys)


def test_a_selector_is_taken_as_a_whole() -> None:
    assert (at("spec.selector").map_type, at("metadata.labels").map_type) == ("atomic", "granular")


def test_strategic_merges_know_their_keys() -> None:
    containers = at("spec.template.spec.containers")
    assert (containers.merge_key, containers.merge_strategies) == ("name", {"merge"})
    assert at("spec.strategy").merge_strategies == {"retainKeys"}


def test_special_values_are_known() -> None:
    resources = at("spec.template.spec.containers.[].resources.limits")
    assert resources.additional is not None
    assert resources.additional.quantity
    assert at("spec.strategy.rollingUpdate.maxSurge").int_or_string
    assert at("spec.template.spec.containers.[].ports.[].protocol").default == "TCP"


def test_fields_are_described() -> None:
    assert at("spec.replicas").description.startswith("Number of desired pods")
    assert at("spec.template").description


def test_an_unset_object_holds_what_its_go_type_holds() -> None:
    schema = builtin(DEPLOYMENT)
    assert schema is not None
    pod = {"metadata": {}, "spec": {"containers": None}}
    assert zero_value(schema) == {
        "metadata": {},
        "spec": {"selector": None, "strategy": {}, "template": pod},
        "status": {},
    }


def test_a_custom_resource_holds_nothing_unset() -> None:
    assert zero_value(Schema({"type": "object", "properties": {"spec": {"type": "object"}}})) == {}
