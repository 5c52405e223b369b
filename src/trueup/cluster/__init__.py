"""The Kubernetes API as Trueup uses it: one thin client, two transports, watches and work queues.

``Client`` builds requests and reads answers; a ``Transport`` carries them, over HTTP or, for the
embedded control plane, within the process. Nothing here knows what the objects mean.
``http.HttpTransport`` is imported where it is needed only: aiohttp is slow to load.
"""

from trueup.cluster.client import Client, Listing
from trueup.cluster.discovery import Resource
from trueup.cluster.informer import Informer
from trueup.cluster.kubeconfig import ClusterConfig, cluster_config_from_kubeconfig, in_cluster
from trueup.cluster.queue import Backoff, WorkQueue
from trueup.cluster.sending import WatchEvent
from trueup.cluster.transport import Answer, Transport

__all__ = [
    "Answer",
    "Backoff",
    "Client",
    "ClusterConfig",
    "Informer",
    "Listing",
    "Resource",
    "Transport",
    "WatchEvent",
    "WorkQueue",
    "cluster_config_from_kubeconfig",
    "in_cluster",
]
