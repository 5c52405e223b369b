"""Cluster roles with an ``aggregationRule`` get the rules of all roles that it selects."""

from __future__ import annotations

from trueup.cluster import WorkQueue
from trueup.controlplane.housekeeping.graph import Item
from trueup.controlplane.housekeeping.objects import Objects
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.registry import Registry
from trueup.controlplane.registry.selectors import selector_of
from trueup.objects import Manifest
from trueup.objects import manifest as manifests

_BUCKET = "rbac.authorization.k8s.io/clusterroles"
_USER = "system:serviceaccount:kube-system:clusterrole-aggregation-controller"


class Aggregation:
    """Keeps the rules of aggregated ClusterRoles true to the roles that they select."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._objects = Objects(registry, _USER)
        self._queue: WorkQueue[str] = WorkQueue()
        registry.rules.listen(_BUCKET, self._changed, self._changed)

    async def run(self) -> None:
        for role in self._roles():
            self._changed(role)
        await self._queue.run(self._assemble, workers=1)

    def _roles(self) -> list[Manifest]:
        return [decode(entry) for entry in self._registry.store.bucket(_BUCKET).entries()]

    def _changed(self, role: Manifest) -> None:
        """Any role may be part of any other that is assembled."""
        for other in self._roles():
            if other.get("aggregationRule"):
                self._queue.add(other["metadata"]["name"])

    async def _assemble(self, name: str) -> None:
        role = self._objects.get(Item(_BUCKET, name))
        if role is None or not role.get("aggregationRule"):
            return
        rules = _assembled(role, self._roles())
        if rules != (role.get("rules") or []):
            await self._objects.update(Item(_BUCKET, name), lambda live: {**live, "rules": rules})


def _assembled(role: Manifest, roles: list[Manifest]) -> list[Manifest]:
    """The rules of all selected roles, in the order of their names, each once."""
    selectors = role["aggregationRule"].get("clusterRoleSelectors") or ()
    tests = [selector_of(selector) for selector in selectors]
    rules: list[Manifest] = []
    for other in sorted(roles, key=lambda each: str(each["metadata"]["name"])):
        if other["metadata"]["name"] == role["metadata"]["name"]:
            continue
        if any(test(manifests.labels(other)) for test in tests):
            rules += [rule for rule in other.get("rules") or () if rule not in rules]
    return rules
