"""What lies in ``deploy`` is for kubectl, and comes to what ``trueup install`` would put there."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from tests.e2e.installation.conftest import Cluster
from trueup.render.kustomize import Options, build, to_yaml
from trueup.testing.kube import kube_programs
from trueup.tree import FolderTree

pytestmark = pytest.mark.e2e

DEPLOY = Path(__file__).parents[3] / "deploy"


@pytest.fixture
def kubectl() -> Path:
    programs = kube_programs("kubectl") or pytest.skip("no kubectl here; `make kube` builds one")
    return programs / "kubectl"


@pytest.mark.parametrize("variant", ["cluster-admin", "lockdown"])
def test_kustomize_builds_it_as_trueup_does(kubectl: Path, variant: str) -> None:
    command = [kubectl, "kustomize", DEPLOY / variant]
    theirs = subprocess.run(command, check=True, capture_output=True, text=True)
    tree, options = FolderTree(DEPLOY), Options(reorder="legacy")
    assert to_yaml(build(tree, variant, options)) == theirs.stdout


async def test_applied_with_kubectl_it_is_what_install_would_put_there(
    kubectl: Path, cluster: Cluster
) -> None:
    command = ["apply", "--server-side", "--field-manager=trueup", "-k", DEPLOY / "lockdown"]
    process = await asyncio.create_subprocess_exec(
        kubectl, "--kubeconfig", cluster.kubeconfig, *command, stderr=asyncio.subprocess.PIPE
    )
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    would = await cluster.trueup("install", "--lockdown", "--dry-run")
    assert {line.rpartition(" ")[2] for line in would.out.splitlines()} == {"unchanged"}
