"""A control plane in this process, and its administrator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trueup.cluster import Client
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[ControlPlane]:
    plane = ControlPlane(tmp_path / "plane")
    await plane.start()
    yield plane
    await plane.stop()


@pytest.fixture
def admin(plane: ControlPlane) -> Client:
    return Client(InProcessTransport(plane, User("admin", groups=("system:masters",))))
