"""``jsonnet``: the same objects, in YAML. ``path`` is the file."""

from __future__ import annotations

from tests.parity.cases import Case
from tests.parity.tools.command_line import built_by
from tests.parity.tools.tool import Tool


def _arguments(case: Case) -> list[str]:
    return [*case.flags, case.path]


TOOL = Tool("jsonnet", _arguments, built_by("jsonnet"), demand="objects")
