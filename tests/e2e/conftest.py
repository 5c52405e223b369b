"""What several files start."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.programs import programs_or_skip
from trueup.testing.kube import KubeServer, kube_server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KubeServer]:
    """A real API server for the tests of one file."""
    async with kube_server(tmp_path_factory.mktemp("kube"), programs_or_skip()) as running:
        yield running
