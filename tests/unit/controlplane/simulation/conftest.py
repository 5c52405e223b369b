"""A control plane in the process, with its simulation running."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.controlplane.simulation.cluster import Cluster
from trueup.controlplane.control_plane import ControlPlane


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    plane = ControlPlane(tmp_path)
    await plane.start()
    cluster = Cluster(plane)
    cluster.start()
    try:
        yield cluster
    finally:
        await cluster.stop()
        await plane.stop()
