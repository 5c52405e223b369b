"""The example repository delivers what it says, in each environment. ``make demo`` brings it live."""

from __future__ import annotations

from typing import Any

import pytest

from tests.architecture.house import ROOT
from trueup.dialects.flux.manifests import render_objects
from trueup.objects import yaml
from trueup.tree import FolderTree

FLEET = ROOT / "examples" / "fleet"
SETTINGS = yaml.load((FLEET / "clusters" / "local" / "settings.yaml").read_bytes())
DELIVERIES = [
    yaml.load(path.read_bytes()) for path in sorted((FLEET / "clusters/local").glob("shop-*.yaml"))
]


def rendered(delivery: dict[str, Any]) -> list[dict[str, Any]]:
    return render_objects(FolderTree(FLEET), delivery, [SETTINGS])


@pytest.mark.parametrize("delivery", DELIVERIES, ids=lambda it: it["metadata"]["name"])
def test_every_variable_is_filled(delivery: dict[str, Any]) -> None:
    assert "${" not in yaml.dump(rendered(delivery))


@pytest.mark.parametrize("delivery", DELIVERIES, ids=lambda it: it["metadata"]["name"])
def test_every_object_is_in_the_environments_namespace(delivery: dict[str, Any]) -> None:
    placed = {
        obj["metadata"].get("namespace", obj["metadata"]["name"]) for obj in rendered(delivery)
    }
    assert placed == {delivery["metadata"]["name"]}


def test_each_environment_waits_for_the_one_before() -> None:
    chain = {
        each["metadata"]["name"]: [it["name"] for it in each["spec"].get("dependsOn", ())]
        for each in DELIVERIES
    }
    assert chain == {
        "shop-dev": [],
        "shop-staging": ["shop-dev"],
        "shop-prod": ["shop-staging"],
    }
