"""What is unwise about an object of a built-in kind, though it is taken: sent as Warning headers.

The counterparts are the ``WarningsOnCreate`` and ``WarningsOnUpdate`` of the apiserver's strategies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from trueup.controlplane.validation.warnings import claims, network, services, workloads
from trueup.objects import Manifest

Check: TypeAlias = Callable[[Manifest, Manifest | None], Iterable[str]]
"""Of a new object and the one that it replaces, if any."""


def object_warnings(
    bucket: str, obj: Manifest, old: Manifest | None, subresource: str = ""
) -> list[str]:
    """Of an object that is valid; ``old`` is the one that it replaces."""
    if subresource:
        status = _STATUSES.get(bucket) if subresource == "status" and old is not None else None
        return list(status(obj)) if status is not None else []
    check = _CHECKS.get(bucket)
    return list(check(obj, old)) if check is not None else []


_CHECKS: Mapping[str, Check] = {
    "/persistentvolumeclaims": claims.claim,
    "/pods": workloads.pod,
    "/podtemplates": workloads.pod_template,
    "/replicationcontrollers": workloads.named,
    "/serviceaccounts": services.account,
    "/services": services.service,
    "apps/daemonsets": workloads.templated,
    "apps/deployments": workloads.named,
    "apps/replicasets": workloads.named,
    "apps/statefulsets": workloads.stateful_set,
    "batch/cronjobs": workloads.cron_job,
    "batch/jobs": workloads.named,
    "networking.k8s.io/ingresses": network.ingress,
    "networking.k8s.io/networkpolicies": network.network_policy,
}
_STATUSES: Mapping[str, Callable[[Manifest], Iterable[str]]] = {
    "/services": network.load_balancer,
    "networking.k8s.io/ingresses": network.load_balancer,
}
