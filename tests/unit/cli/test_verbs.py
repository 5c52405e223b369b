"""What the verbs that only look print, word for word: ``tests/cases/cli/verbs.yaml``.

Those that act and wait are in ``test_reconcile``, ``test_suspension`` and ``test_rollback``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result

from trueup.objects import yaml

CASES = Path(__file__).parents[2] / "cases" / "cli" / "verbs.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_verb(run: Callable[..., Result], case: dict[str, Any]) -> None:
    result = run(*case["args"].split())
    stdout = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME", result.stdout)
    said = {"exit": result.exit_code, "stdout": stdout, "stderr": result.stderr}
    assert said == {"exit": 0, "stdout": "", "stderr": ""} | case["says"]


def test_yaml_is_the_object_itself(run: Callable[..., Result]) -> None:
    answer = yaml.load(run("get", "ks/apps", "-o", "yaml").stdout)
    assert (answer["kind"], answer["metadata"]["name"]) == ("Kustomization", "apps")


def test_json_of_many_is_a_list(run: Callable[..., Result]) -> None:
    answer = orjson.loads(run("get", "ks", "-o", "json").stdout)
    assert (answer["kind"], len(answer["items"])) == ("List", 2)
