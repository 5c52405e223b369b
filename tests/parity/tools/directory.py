"""Directories of manifests, as Argo CD reads them: a program of ours with its decoder."""

from __future__ import annotations

from tests.parity.cases import Case
from tests.parity.tools.command_line import built_by
from tests.parity.tools.tool import Tool


def _arguments(case: Case) -> list[str]:
    return [*case.flags, case.path]


TOOL = Tool("directory", _arguments, built_by("directory"))
