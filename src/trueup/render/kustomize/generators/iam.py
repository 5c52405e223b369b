"""``IAMPolicyGenerator``: a ServiceAccount that is tied to an account of a cloud."""

from __future__ import annotations

from dataclasses import dataclass, field

from trueup.errors import RenderError
from trueup.render.kustomize.nodes import Node, plain
from trueup.render.kustomize.resource import Resource

_GKE = "gke"


@dataclass
class KubernetesAccount:
    """The ServiceAccount to make."""

    name: str = ""
    namespace: str = ""


@dataclass
class CloudAccount:
    """The account of the cloud, and the project it is of."""

    name: str = ""
    project_id: str = ""


@dataclass
class IamPolicyArgs:
    """The configuration of the generator; ``gke`` is the one cloud that kustomize knows."""

    cloud: str = ""
    kubernetes_service: KubernetesAccount = field(default_factory=KubernetesAccount)
    service_account: CloudAccount = field(default_factory=CloudAccount)


def service_account(args: IamPolicyArgs, subject: str) -> Resource:
    """The ServiceAccount that ``args`` describe; RenderError for another cloud than GKE."""
    if args.cloud != _GKE:
        raise RenderError(
            f"cloud provider {args.cloud or 'without a name'} is not supported",
            subject=subject,
            next_step=f"use cloud: {_GKE}",
        )
    account, cloud = args.kubernetes_service, args.service_account
    if not account.name:
        raise RenderError("kubernetesService has no name", subject=subject, next_step="give it one")
    address = f"{cloud.name}@{cloud.project_id}.iam.gserviceaccount.com"
    metadata: dict[str, Node] = {
        "annotations": {"iam.gke.io/gcp-service-account": address},
        "name": plain(account.name),
    }
    if account.namespace:
        metadata["namespace"] = plain(account.namespace)
    return Resource({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
