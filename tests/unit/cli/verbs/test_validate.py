"""``trueup validate``. What is a problem is in ``tests/cases/validation``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trueup.cli import main

BAD = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: good
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: bad
  labels:
    a: 1
daat: {}
"""
WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\nspec: {x: one}\n"
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {x: {type: integer}}}}}}
"""


def validate(*words: str) -> Result:
    return CliRunner().invoke(main, ["validate", *words])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.yaml").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def overlay(folder: Path) -> Path:
    (folder / "over").mkdir()
    (folder / "app" / "kustomization.yaml").write_text("resources: [a.yaml]\n")
    (folder / "over" / "kustomization.yaml").write_text(
        "resources: [../app]\nnamePrefix: my-\nconfigMapGenerator: [{name: c, literals: [a=b]}]\n"
    )
    return folder


def test_a_problem_is_told_with_file_line_object_and_field(folder: Path) -> None:
    found = validate("app")
    assert found.exit_code == 1
    assert found.stdout.splitlines()[1].split("  ")[0] == "app/a.yaml:11"
    assert "ConfigMap/bad  metadata.labels.a  must be text, not a number" in found.stdout
    assert found.stderr == "2 objects checked against Kubernetes 1.37: 1 problem\n"


def test_what_is_well_exits_with_0(folder: Path) -> None:
    (folder / "app" / "a.yaml").write_text(BAD.partition("---")[0])
    found = validate("app")
    assert (found.exit_code, found.stdout) == (0, "")


def test_unknown_fields_are_told_when_strict(folder: Path) -> None:
    assert "daat" not in validate("app").stdout
    assert "app/a.yaml:12  ConfigMap/bad  daat" in validate("app", "--strict").stdout


def test_findings_are_there_for_programs(folder: Path) -> None:
    assert json.loads(validate("app", "-o", "json").stdout) == [
        {
            "file": "app/a.yaml",
            "line": 11,
            "object": "ConfigMap/bad",
            "field": "metadata.labels.a",
            "message": "must be text, not a number",
            "reason": "invalid",
        }
    ]


@pytest.mark.parametrize("renderer", ["kustomize", "flux"])
def test_the_line_is_that_in_the_base_where_the_field_is_written(
    overlay: Path, renderer: str
) -> None:
    found = json.loads(validate("over", "-o", "json", "--renderer", renderer).stdout)
    assert [(one["file"], one["line"], one["object"]) for one in found] == [
        ("app/a.yaml", 11, "ConfigMap/my-bad")
    ]


def test_names_control_no_terminal_and_break_no_json(folder: Path) -> None:
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "a\\u001b[2J", labels: {a: 1}}\n'
    Path(os.fsdecode(os.fsencode(folder / "app") + b"/\xff.yaml")).write_text(text)
    assert "ConfigMap/a\\x1b[2J" in validate("app").stdout
    found = json.loads(validate("app", "-o", "json").stdout)
    assert found[1]["file"] == "app/\\udcff.yaml"


def test_a_kind_without_a_schema_is_a_problem_unless_passed_over(folder: Path) -> None:
    (folder / "app" / "a.yaml").write_text(WIDGET)
    assert "there is no schema for example.com/v1 Widget" in validate("app").stdout
    assert validate("app", "--ignore-missing-schemas").exit_code == 0


def test_definitions_in_the_repository_count(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "crds").mkdir()
    (folder / "crds" / "widgets.yaml").write_text(DEFINITION)
    (folder / "app" / "a.yaml").write_text(WIDGET)
    assert "app/a.yaml:5  Widget/w  spec.x" in validate("app").stdout


def test_definitions_are_named(folder: Path) -> None:
    (folder / "elsewhere.yaml").write_text(DEFINITION)
    (folder / "app" / "a.yaml").write_text(WIDGET)
    assert "spec.x" in validate("app", "--crds", "elsewhere.yaml").stdout
    assert "there is no schema" in validate("app").stdout


def test_a_template_is_named_by_its_file(folder: Path) -> None:
    (folder / "chart" / "templates").mkdir(parents=True)
    (folder / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (folder / "chart" / "templates" / "a.yaml").write_text(BAD)
    assert "chart/templates/a.yaml:11  ConfigMap/bad" in validate("chart").stdout


def test_a_file_without_definitions_is_an_error(folder: Path) -> None:
    refused = validate("app", "--crds", "app")
    assert refused.stderr == "Error: app: holds no CustomResourceDefinition; correct --crds\n"


def test_what_does_not_render_hides_nothing_of_the_others(folder: Path) -> None:
    found = validate("nope", "app")
    assert found.exit_code == 1
    assert "Error: nope: no such file or directory" in found.stderr
    assert (
        "2 objects checked against Kubernetes 1.37: 1 problem, 1 folder not rendered"
        in found.stderr
    )
    assert "metadata.labels.a" in found.stdout


def test_the_version_of_kubernetes_is_chosen(folder: Path) -> None:
    text = (
        "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: a}\n"
    )
    (folder / "app" / "a.yaml").write_text(text)
    assert validate("app", "--kubernetes-version", "1.31").exit_code == 0
    assert "only" in validate("app", "--kubernetes-version", "1.37").stdout
