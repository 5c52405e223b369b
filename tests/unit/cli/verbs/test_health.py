"""``trueup health -f``: what it prints and how it exits. The rules are in ``observe/health``."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from trueup.cli import main
from trueup.objects import yaml

WAITING = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: a}}"
READY = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}"


def health(text: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["health", "-f", "-", *options], input=text)


def test_all_healthy_exits_with_zero() -> None:
    assert health(READY).exit_code == 0


def test_one_that_is_not_healthy_exits_with_one() -> None:
    assert health(f"{READY}\n---\n{WAITING}").exit_code == 1


def test_the_table_names_every_object_with_its_health_and_why() -> None:
    assert health(f"{WAITING}\n---\n{READY}").stdout == (
        "OBJECT            HEALTH       MESSAGE\n"
        "Deployment/a/web  Progressing  Replicas: 0/1\n"
        "ConfigMap/c       Healthy      Resource is always ready\n"
    )


def test_json_holds_the_word_of_kstatus_too() -> None:
    [found] = orjson.loads(health(WAITING, "-o", "json").stdout)
    assert found == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "namespace": "a",
        "name": "web",
        "health": "Progressing",
        "status": "InProgress",
        "message": "Replicas: 0/1",
    }


def test_yaml_holds_the_same() -> None:
    assert yaml.load(health(READY, "-o", "yaml").stdout)[0]["health"] == "Healthy"


def test_a_list_counts_as_its_items() -> None:
    found = health(f"{{apiVersion: v1, kind: List, items: [{READY}, {WAITING}]}}", "-o", "json")
    assert [each["name"] for each in orjson.loads(found.stdout)] == ["c", "web"]


def test_a_running_job_is_progressing_as_flux_sees_it() -> None:
    job = "{apiVersion: batch/v1, kind: Job, metadata: {name: j}, status: {startTime: now}}"
    assert "Progressing" in health(job).stdout


def test_files_are_read_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(READY)
    (tmp_path / "b").write_text(WAITING)
    args = ["health", "-f", str(tmp_path / "b"), "-f", str(tmp_path / "a"), "-o", "json"]
    found = orjson.loads(CliRunner().invoke(main, args).stdout)
    assert [each["name"] for each in found] == ["web", "c"]


def test_own_expressions_replace_the_rules() -> None:
    assert health(WAITING, "--current", "metadata.name == 'web'").exit_code == 0


def test_an_expression_without_an_answer_leaves_the_health_unknown() -> None:
    found = health(READY, "--current", "status.phase == 'Ready'")
    assert (found.exit_code, "Unknown" in found.stdout) == (1, True)


def test_an_object_that_cannot_be_judged_is_unknown_and_the_others_are_told() -> None:
    odd = "{apiVersion: v1, kind: Pod, metadata: {name: p}, status: {phase: Odd}}"
    found = health(f"{odd}\n---\n{READY}")
    assert ("Unknown" in found.stdout, "Healthy" in found.stdout) == (True, True)


@pytest.mark.parametrize(
    ("text", "options", "error"),
    [
        ("a: b: c", [], "stdin: line 1: "),
        ("[1]", [], "stdin, document 1: is not an object"),
        (f"{READY}\n---\nkind: X", [], "stdin, document 2: object has no apiVersion and kind"),
        ("", [], "-: no objects"),
        (READY, ["-f", "missing"], "missing: cannot be read: no such file or directory"),
        (READY, ["--current", "a ="], "a =: unexpected '='"),
    ],
)
def test_bad_input_exits_with_one_and_says_where(text: str, options: list[str], error: str) -> None:
    found = health(text, *options)
    assert (found.exit_code, error in found.stderr) == (1, True)


def test_the_other_expressions_need_current() -> None:
    assert health(READY, "--failed", "true").exit_code == 2
