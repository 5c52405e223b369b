"""Every renderer prints what the real tool prints: ``tests/cases/parity/<tool>``.

What the real tools say is recorded there, and confirmed by ``make parity``. See
``tests/parity/cases.py`` for what a case is, and how one is added.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parity.cases import CASES, folders, load, recorded_of_trueup, tool_of
from tests.parity.rendering import by_trueup
from tests.parity.tools import TOOLS


@pytest.mark.parametrize(
    "folder", [pytest.param(path, id=str(path.relative_to(CASES))) for path in folders(CASES)]
)
def test_a_case_renders_as_the_real_tool_does(folder: Path) -> None:
    case = load(folder)
    assert by_trueup(TOOLS[tool_of(folder)], case) == recorded_of_trueup(case)
