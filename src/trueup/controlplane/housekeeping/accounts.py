"""Every namespace has its ``default`` service account, and the certificate to trust us by."""

from __future__ import annotations

from trueup.cluster import WorkQueue
from trueup.controlplane.housekeeping.graph import Item
from trueup.controlplane.housekeeping.objects import Objects
from trueup.controlplane.registry.registry import Registry
from trueup.objects import Manifest

_BUCKET = "/namespaces"
_USER = "system:serviceaccount:kube-system:service-account-controller"
_ACCOUNT = "default"
_CERTIFICATE = "kube-root-ca.crt"
_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal"
    " endpoints such as the internal service IP or kubernetes.default.svc. No other usage is"
    " guaranteed across distributions of Kubernetes clusters."
)


class Accounts:
    """``certificate`` is the authority's, in PEM."""

    def __init__(self, registry: Registry, certificate: str) -> None:
        self._registry = registry
        self._objects = Objects(registry, _USER)
        self._certificate = certificate
        self._queue: WorkQueue[str] = WorkQueue()
        for bucket in ("/serviceaccounts", "/configmaps"):
            registry.rules.listen(bucket, _ignore, self._lost)
        registry.rules.listen(_BUCKET, self._appeared, _ignore)

    async def run(self) -> None:
        for entry in self._registry.store.bucket(_BUCKET).entries():
            self._queue.add(entry.key)
        await self._queue.run(self._ensure, workers=2)

    def _appeared(self, namespace: Manifest) -> None:
        self._queue.add(namespace["metadata"]["name"])

    def _lost(self, obj: Manifest) -> None:
        if obj["metadata"]["name"] in {_ACCOUNT, _CERTIFICATE}:
            self._queue.add(obj["metadata"]["namespace"])

    async def _ensure(self, namespace: str) -> None:
        found = self._objects.get(Item(_BUCKET, namespace))
        if found is None or found["metadata"].get("deletionTimestamp"):
            return
        if self._objects.get(Item("/serviceaccounts", f"{namespace}/{_ACCOUNT}")) is None:
            await self._objects.create(_named("ServiceAccount", namespace, _ACCOUNT))
        if self._objects.get(Item("/configmaps", f"{namespace}/{_CERTIFICATE}")) is None:
            bundle = _named("ConfigMap", namespace, _CERTIFICATE)
            bundle["metadata"]["annotations"] = {"kubernetes.io/description": _DESCRIPTION}
            await self._objects.create({**bundle, "data": {"ca.crt": self._certificate}})


def _named(kind: str, namespace: str, name: str) -> Manifest:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata}


def _ignore(_: Manifest) -> None:
    """What is of no interest here."""
