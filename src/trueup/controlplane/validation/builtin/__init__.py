"""The rules of Kubernetes' own kinds that people meet, beyond what their types already say.

One function per kind for what an object must be, one for what must not change; both tables are by
the bucket that the kind is stored in. A kind without an entry is only held to its types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from trueup.controlplane.validation.builtin import (
    access,
    addresses,
    admission_policies,
    apiservices,
    batch,
    certificates,
    configuration,
    coordination,
    events,
    network,
    nodes,
    pods,
    scaling,
    services,
    storage,
    templates,
    webhooks,
    workloads,
)
from trueup.controlplane.validation.causes import Cause, below, invalid
from trueup.controlplane.validation.metadata import STANDARD_FINALIZERS
from trueup.objects import Manifest

Check: TypeAlias = Callable[[Manifest], Iterator[Cause]]
Comparison: TypeAlias = Callable[[Manifest, Manifest], Iterator[Cause]]

_ADMISSION = "admissionregistration.k8s.io"
_RBAC = "rbac.authorization.k8s.io"

OBJECTS: Mapping[str, Check] = {
    "/configmaps": configuration.config_map,
    "/events": events.event,
    "/limitranges": storage.limit_range,
    "/nodes": nodes.node,
    "/persistentvolumeclaims": storage.claim,
    "/persistentvolumes": storage.volume,
    "/pods": pods.pod_problems,
    "/podtemplates": templates.pod_template,
    "/replicationcontrollers": templates.replication_controller,
    "/resourcequotas": storage.quota,
    "/secrets": configuration.secret,
    "/services": services.service,
    f"{_ADMISSION}/mutatingwebhookconfigurations": webhooks.configuration,
    f"{_ADMISSION}/validatingadmissionpolicies": admission_policies.policy,
    f"{_ADMISSION}/validatingadmissionpolicybindings": admission_policies.binding,
    f"{_ADMISSION}/validatingwebhookconfigurations": webhooks.configuration,
    "apiregistration.k8s.io/apiservices": apiservices.api_service,
    "apps/controllerrevisions": templates.controller_revision,
    "apps/daemonsets": workloads.daemon_set,
    "apps/deployments": workloads.deployment,
    "apps/replicasets": workloads.replica_set,
    "apps/statefulsets": workloads.stateful_set,
    "autoscaling/horizontalpodautoscalers": scaling.autoscaler,
    "batch/cronjobs": batch.cron_job,
    "batch/jobs": batch.job,
    "certificates.k8s.io/certificatesigningrequests": certificates.signing_request,
    "coordination.k8s.io/leases": coordination.lease,
    "discovery.k8s.io/endpointslices": network.endpoint_slice,
    "networking.k8s.io/ingressclasses": network.ingress_class,
    "networking.k8s.io/ingresses": network.ingress,
    "networking.k8s.io/ipaddresses": addresses.ip_address,
    "networking.k8s.io/networkpolicies": network.network_policy,
    "networking.k8s.io/servicecidrs": addresses.service_range,
    "policy/poddisruptionbudgets": scaling.disruption_budget,
    f"{_RBAC}/clusterrolebindings": access.cluster_role_binding,
    f"{_RBAC}/clusterroles": access.cluster_role,
    f"{_RBAC}/rolebindings": access.role_binding,
    f"{_RBAC}/roles": access.role,
    "scheduling.k8s.io/priorityclasses": scaling.priority_class,
    "storage.k8s.io/storageclasses": storage.storage_class,
}

CHANGES: Mapping[str, Comparison] = {
    "/configmaps": configuration.frozen_changes,
    "/events": events.event_changes,
    "/persistentvolumeclaims": storage.claim_changes,
    "/persistentvolumes": storage.volume_changes,
    "/pods": pods.pod_changes,
    "/secrets": configuration.secret_changes,
    "/services": services.service_changes,
    "apps/controllerrevisions": templates.controller_revision_changes,
    "apps/daemonsets": workloads.selector_changes,
    "apps/deployments": workloads.selector_changes,
    "apps/replicasets": workloads.selector_changes,
    "apps/statefulsets": workloads.stateful_set_changes,
    "batch/jobs": batch.job_changes,
    "certificates.k8s.io/certificatesigningrequests": certificates.signing_request_changes,
    "networking.k8s.io/ipaddresses": addresses.ip_address_changes,
    "networking.k8s.io/servicecidrs": addresses.service_range_changes,
    f"{_RBAC}/clusterrolebindings": access.binding_changes,
    f"{_RBAC}/rolebindings": access.binding_changes,
    "scheduling.k8s.io/priorityclasses": scaling.priority_class_changes,
    "storage.k8s.io/storageclasses": storage.storage_class_changes,
}


def object_problems(bucket: str, obj: Manifest) -> list[Cause]:
    """What is wrong with an object of a built-in kind, beyond its metadata."""
    check = OBJECTS.get(bucket)
    return [*_finalizers(obj), *(check({"spec": {}, **obj}) if check is not None else ())]


def change_problems(bucket: str, new: Manifest, old: Manifest) -> list[Cause]:
    """What is wrong with a change of an object of a built-in kind."""
    compare = CHANGES.get(bucket)
    changes = compare({"spec": {}, **new}, {"spec": {}, **old}) if compare is not None else ()
    return [*object_problems(bucket, new), *changes]


def _finalizers(obj: Manifest) -> Iterator[Cause]:
    """On built-in kinds a finalizer is one of Kubernetes' own, or carries a domain."""
    for at, name in enumerate(obj["metadata"].get("finalizers") or ()):
        if "/" not in name and name not in STANDARD_FINALIZERS:
            detail = "name is neither a standard finalizer name nor is it fully qualified"
            yield invalid(below("metadata.finalizers", at), name, detail)
