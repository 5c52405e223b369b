"""The real control plane of the tests runs workloads: a Deployment and a Job come to their ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from trueup.cluster import Client
from trueup.cluster.following import until
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.testing.kube import FOR_WORKLOADS, kube_programs, kube_server
from trueup.testing.patience import PATIENCE

pytestmark = pytest.mark.e2e


async def test_a_deployment_becomes_available_and_a_job_completes(tmp_path: Path) -> None:
    missing = "no kube-scheduler and kwok here; `make kube` builds them"
    programs = kube_programs(*FOR_WORKLOADS) or pytest.skip(missing)
    async with (
        kube_server(tmp_path, programs, with_workloads=True) as server,
        server.transport() as transport,
    ):
        person = Client(transport)
        for manifest, condition in ((WEB, "Available"), (ONCE, "Complete")):
            created = await person.create(yaml.load(manifest), field_manager="person")
            await until(person, ObjectRef.of(created), having(condition), timeout=PATIENCE)


def having(kind: str) -> Callable[[Manifest], bool | None]:
    def decide(obj: Manifest) -> bool | None:
        conditions = (obj.get("status") or {}).get("conditions") or ()
        return any((c["type"], c["status"]) == (kind, "True") for c in conditions) or None

    return decide


WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
"""
ONCE = """
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: default}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: once, image: once}]}
"""
