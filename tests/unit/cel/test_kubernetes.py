"""Kubernetes' environment, expression by expression: ``tests/cases/cel/kubernetes*.yaml``."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from trueup.cel import compile  # noqa: A004
from trueup.cel.environment import KUBERNETES
from trueup.cel.types import DYN
from trueup.errors import ExpressionError
from trueup.objects import yaml

CASES = Path(__file__).parents[2] / "cases" / "cel"
TABLE: list[dict[str, Any]] = [
    case for path in sorted(CASES.glob("kubernetes*.yaml")) for case in yaml.load(path.read_bytes())
]


def outcome(case: dict[str, Any]) -> dict[str, Any]:
    variables = case.get("variables", {})
    try:
        program = compile(
            case["expression"],
            dict.fromkeys(variables, DYN),
            result="any",
            environment=KUBERNETES,
        )
    except ExpressionError:
        return {"refused": True}
    try:
        value = program.evaluate(variables)
    except ExpressionError:
        return {"fails": True}
    return {"value": base64.b64encode(value).decode() if isinstance(value, bytes) else value}


@pytest.mark.parametrize("case", TABLE, ids=[case["expression"] for case in TABLE])
def test_expression(case: dict[str, Any]) -> None:
    assert case.keys() <= {"expression", "variables", "value", "fails", "refused"}
    wanted = {key: case[key] for key in ("value", "fails", "refused") if key in case}
    assert outcome(case) == wanted
