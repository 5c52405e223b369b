"""The programs of a real Kubernetes that tests start; where they are missing, a loud skip."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.testing.kube import kube_programs


def programs_or_skip(*more: str) -> Path:
    """The folder of etcd, kube-apiserver and ``more``."""
    return kube_programs(*more) or pytest.skip("no real control plane here; `make kube` builds one")
