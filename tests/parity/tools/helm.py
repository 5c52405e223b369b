"""``helm template``. ``path`` is the chart; the release is named by flags, or as Helm names it."""

from __future__ import annotations

from tests.parity.cases import Case
from tests.parity.tools.command_line import built_by
from tests.parity.tools.tool import Tool


def _arguments(case: Case) -> list[str]:
    return ["template", case.path, *case.flags]


TOOL = Tool("helm", _arguments, built_by("helm"), marks=("Chart.yaml",))
