"""Every fault of the table before the embedded API server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.cases import RATE, Case, cases
from tests.faults.homes import Home
from tests.faults.survival import survives

pytestmark = [
    pytest.mark.faults,
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.mark.parametrize("case", cases("embedded"), ids=str)
async def test_is_survived(
    embedded: Home, case: Case, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    rate = await survives(embedded, case, tmp_path)
    request.node.user_properties.append((RATE, rate))


@pytest.mark.parametrize("case", cases("small"), ids=str)
async def test_is_survived_on_a_small_disk(small: Home, case: Case, tmp_path: Path) -> None:
    await survives(small, case, tmp_path)
