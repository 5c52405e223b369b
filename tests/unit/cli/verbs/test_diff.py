"""``trueup diff``: what a folder would change, asked of an embedded server by dry run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from tests.unit.cli.conftest import Embedded
from trueup.cli import main
from trueup.cli.connection import Connection
from trueup.cluster import Client
from trueup.cluster.transport import Transport
from trueup.objects import Manifest, yaml
from trueup.report import DeliveryRecord
from trueup.report.entries import AppliedObject
from trueup.wiring import prepare

Diff = Callable[..., Result]

LABELS = (
    "{kustomize.toolkit.fluxcd.io/name: app, kustomize.toolkit.fluxcd.io/namespace: flux-system}"
)
LIVE = f"""
apiVersion: v1
kind: Namespace
metadata: {{name: flux-system}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: kept, namespace: default, labels: {LABELS}}}
data: {{key: "1"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: dropped, namespace: default, labels: {LABELS}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: hidden, namespace: default, labels: {LABELS}}}
data: {{key: aHVzaC1odXNoLTE=}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: once-sealed, namespace: default, labels: {LABELS}}}
data: {{key: hush-hush}}
"""
DELIVERY: Manifest = {
    "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
    "kind": "Kustomization",
    "metadata": {"name": "app", "namespace": "flux-system"},
    "spec": {
        "interval": "1h",
        "prune": True,
        "path": "./app",
        "sourceRef": {"kind": "GitRepository", "name": "repo"},
    },
}
INVENTORY = [{"id": f"default_{n}__ConfigMap", "v": "v1"} for n in ("kept", "dropped")]

ONCE_SEALED = AppliedObject("default_once-sealed__ConfigMap", "v1", guarded=True)


def config_map(name: str, **data: str) -> str:
    metadata = {"name": name, "namespace": "default"}
    return yaml.dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


SECRET = (
    "{apiVersion: v1, kind: Secret, metadata: {name: hidden, namespace: default}, data: {key: %s}}"
)
SAME = {"kept.yaml": config_map("kept", key="1"), "dropped.yaml": config_map("dropped")}


@pytest.fixture
def diff(tmp_path: Path) -> Diff:
    """Runs ``trueup diff app`` for a folder that holds ``files``."""
    data = tmp_path / "data"
    asyncio.run(_create(data))

    def invoke(files: dict[str, str], *options: str) -> Result:
        folder = tmp_path / "repo" / "app"
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text)

        async def dial(_connection: Connection) -> tuple[Transport, str]:
            return await Embedded.start(data), "flux-system"

        words = ["diff", "app", "--path", str(folder), *options]
        return CliRunner().invoke(main, words, obj=dial, prog_name="trueup")

    return invoke


async def _create(data: Path) -> None:
    transport = await Embedded.start(data)
    client = Client(transport)
    await prepare(client, install_definitions=True)
    for manifest in yaml.load_all(LIVE):
        await client.apply(manifest, field_manager="kustomize-controller")
    delivery = (await client.apply(DELIVERY, field_manager="person")).object
    record = replace(DeliveryRecord.beside(delivery), objects=(ONCE_SEALED,))
    await client.apply(record.to_manifest(), field_manager="kustomize-controller")
    full = delivery | {"status": {"inventory": {"entries": INVENTORY}}}
    await client.replace(full, field_manager="kustomize-controller", subresource="status")
    await transport.close()


def test_the_same_folder_changes_nothing(diff: Diff) -> None:
    result = diff(SAME)
    assert (result.exit_code, result.output) == (0, "")


def test_a_changed_field_is_shown_with_both_values(diff: Diff) -> None:
    result = diff({**SAME, "kept.yaml": config_map("kept", key="2")})
    assert result.exit_code == 1
    assert result.output == ('ConfigMap/default/kept configured\n  ~ .data.key: "1" -> "2"\n')


def test_what_would_come_and_go_is_named(diff: Diff) -> None:
    result = diff({"kept.yaml": SAME["kept.yaml"], "new.yaml": config_map("new")})
    assert result.exit_code == 1
    assert result.output == "ConfigMap/default/new created\nConfigMap/default/dropped deleted\n"


def test_an_object_in_a_namespace_that_comes_with_it_would_be_created(diff: Diff) -> None:
    namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: new}}"
    inside = config_map("inside").replace("default", "new")
    result = diff({**SAME, "a.yaml": namespace, "b.yaml": inside})
    assert result.output == "Namespace/new created\nConfigMap/new/inside created\n"


def test_what_the_server_would_refuse_is_told_and_exits_with_2(diff: Diff) -> None:
    bad = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: default}, spec: {ports: [{port: 0}]}}"
    result = diff({**SAME, "s.yaml": bad})
    assert result.exit_code == 2
    assert result.output.startswith("Service/default/s refused: ")
    assert "spec.ports[0].port" in result.output


def test_a_secret_shows_that_it_changes_and_never_what(diff: Diff) -> None:
    result = diff({**SAME, "s.yaml": SECRET % "aHVzaC1odXNoLTI="})
    assert result.exit_code == 1
    assert "Secret/default/hidden configured" in result.output
    assert "aHVzaC1odXNo" not in result.output


def test_a_confidential_value_is_not_shown_as_it_goes(diff: Diff) -> None:
    result = diff({**SAME, "c.yaml": config_map("once-sealed", key="plain")})
    assert "ConfigMap/default/once-sealed configured\n  ~ .data.key: " in result.output
    assert "hush-hush" not in result.output


def test_json_tells_effects_and_fields(diff: Diff) -> None:
    result = diff({**SAME, "kept.yaml": config_map("kept", key="2")}, "-o", "json")
    [kept] = [item for item in orjson.loads(result.output) if item["effect"] != "unchanged"]
    assert kept["fields"] == [{"path": ".data.key", "live": "1", "wanted": "2"}]


def test_a_folder_that_does_not_render_exits_with_2(diff: Diff) -> None:
    result = diff({"bad.yaml": "a: [1\n"})
    assert result.exit_code == 2
    assert "bad.yaml" in result.output
