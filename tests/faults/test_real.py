"""Every fault of the table before a real kube-apiserver with etcd."""

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


@pytest.mark.parametrize("case", cases("real"), ids=str)
async def test_is_survived(
    real: Home, case: Case, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    rate = await survives(real, case, tmp_path)
    request.node.user_properties.append((RATE, rate))
