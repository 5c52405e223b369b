"""What is delivered: one repository with a folder for each delivery, four objects in each.

The objects are those of Flux's own benchmark: a ServiceAccount, a Service, a Deployment without
replicas and an Ingress; the Kustomizations have its settings: wait, prune, an interval of an hour.
"""

from __future__ import annotations

from pathlib import Path

from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.testing.git import GitRepo

NAMESPACE = "bench"
OBJECTS = 4
SOURCE = GroupVersionKind("source.toolkit.fluxcd.io", "v1", "GitRepository")
DELIVERY = GroupVersionKind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization")
SERVICE = GroupVersionKind("", "v1", "Service")


class Workload:
    """``count`` deliveries from one repository below ``folder``."""

    def __init__(self, folder: Path, count: int) -> None:
        self.names = [f"app-{number:05}" for number in range(count)]
        self._repository = GitRepo(folder / "fleet.git")
        files = {f"{name}/app.yaml": app(name, 8080) for name in self.names}
        self.head = self._repository.commit(files)

    def change(self, name: str) -> str:
        """Commit a change of one delivery's folder; the id of the commit."""
        self.head = self._repository.commit({f"{name}/app.yaml": app(name, 9090)})
        return self.head

    def source(self) -> Manifest:
        return {
            "apiVersion": SOURCE.api_version,
            "kind": SOURCE.kind,
            "metadata": {"name": "fleet", "namespace": NAMESPACE},
            "spec": {"url": self._repository.url, "interval": "1h", "ref": {"branch": "main"}},
        }

    def delivery(self, name: str) -> Manifest:
        return {
            "apiVersion": DELIVERY.api_version,
            "kind": DELIVERY.kind,
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {
                "sourceRef": {"kind": SOURCE.kind, "name": "fleet"},
                "path": f"./{name}",
                "interval": "1h",
                "timeout": "5m",
                "prune": True,
                "wait": True,
            },
        }


def delivery_ref(name: str) -> ObjectRef:
    return ObjectRef(DELIVERY.group, DELIVERY.kind, NAMESPACE, name, DELIVERY.version)


def service_ref(name: str) -> ObjectRef:
    return ObjectRef(SERVICE.group, SERVICE.kind, NAMESPACE, name, SERVICE.version)


def app(name: str, port: int) -> str:
    """The manifests of one delivery."""
    return "---\n".join(yaml.dump(obj) for obj in _objects(name, port))


def _objects(name: str, port: int) -> list[Manifest]:
    metadata = {"name": name, "namespace": NAMESPACE}
    labels = {"app": name}
    container = {
        "name": "app",
        "image": "example.com/app:1.0.0",
        "ports": [{"name": "http", "containerPort": port}],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
    }
    backend = {"service": {"name": name, "port": {"name": "http"}}}
    rule = {
        "host": f"{name}.example.com",
        "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
    }
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {
                "selector": labels,
                "ports": [{"name": "http", "port": port, "targetPort": "http"}],
            },
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "replicas": 0,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"serviceAccountName": name, "containers": [container]},
                },
            },
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": metadata,
            "spec": {"rules": [rule]},
        },
    ]
