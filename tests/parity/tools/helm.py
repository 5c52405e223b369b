"""``helm template``: the same objects. ``path`` is the chart; the release is ``release`` in ``default``."""

from __future__ import annotations

from tests.parity.cases import Case
from tests.parity.tools.command_line import built_by
from tests.parity.tools.tool import Tool


def _arguments(case: Case) -> list[str]:
    return ["template", "release", case.path, *case.flags]


TOOL = Tool("helm", _arguments, built_by("helm"), demand="objects", marks=("Chart.yaml",))
