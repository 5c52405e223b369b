"""A fixture for pytest, which has to be installed: name this module in ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trueup.testing.kube import KubeServer, kube_programs, kube_server_at_rest, missing_programs


@pytest.fixture(scope="session")
def kube_apiserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubeServer]:
    """A real Kubernetes API server for the whole session; a skip that says why, if there is none."""
    programs = kube_programs() or pytest.skip(missing_programs())
    with kube_server_at_rest(tmp_path_factory.mktemp("kube"), programs) as server:
        yield server
