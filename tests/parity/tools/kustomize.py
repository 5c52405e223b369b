"""``kustomize build``; charts with the real helm, as the same script builds it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from tests.parity.cases import Case
from tests.parity.tools.command_line import built_by
from tests.parity.tools.tool import Tool

_BUILD = Path(__file__).parents[3] / "testenv" / "tools.sh"


def _arguments(case: Case) -> list[str]:
    helm = ["--helm-command", _helm()] if "--enable-helm" in case.flags else []
    return ["build", case.path, *case.flags, *helm]


@cache
def _helm() -> str:
    built = subprocess.run([_BUILD, "helm"], stdout=subprocess.PIPE, text=True, check=True)
    return built.stdout.split(maxsplit=2)[2].strip()


TOOL = Tool(
    "kustomize",
    _arguments,
    built_by("kustomize"),
    marks=("kustomization.yaml", "kustomization.yml", "Kustomization"),
)
