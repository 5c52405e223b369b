"""A chart repository and a registry in this process, and what asks them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from trueup.fetch.charts import Access, ChartSources
from trueup.testing.chart_server import ChartServer, chart_server
from trueup.testing.oci_registry import OciRegistry, oci_registry
from trueup.testing.patience import PATIENCE


@pytest.fixture
async def server() -> AsyncIterator[ChartServer]:
    async with chart_server() as found:
        yield found


@pytest.fixture
async def registry() -> AsyncIterator[OciRegistry]:
    async with oci_registry() as found:
        yield found


@pytest.fixture
async def sources() -> AsyncIterator[ChartSources]:
    async with ChartSources(default=Access(plain_http=True), timeout=PATIENCE) as found:
        yield found
