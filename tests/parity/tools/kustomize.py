"""``kustomize build``."""

from __future__ import annotations

from tests.parity.cases import Case
from tests.parity.tools.command_line import built_by
from tests.parity.tools.tool import Tool


def _arguments(case: Case) -> list[str]:
    return ["build", case.path, *case.flags]


TOOL = Tool(
    "kustomize",
    _arguments,
    built_by("kustomize"),
    marks=("kustomization.yaml", "kustomization.yml", "Kustomization"),
)
