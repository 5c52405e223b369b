"""Reaching other clusters with a workload identity instead of a stored credential.

A ConfigMap says which cluster and which ServiceAccount (``WorkloadIdentity``); a ``Provider``, one
a file, makes an ``Access`` of it: where the cluster is, and a token that opens it for a while.
"""

from trueup.cluster.identity.access import Access, Provider
from trueup.cluster.identity.account import Account
from trueup.cluster.identity.providers import provider_of
from trueup.cluster.identity.wanted import WorkloadIdentity

__all__ = ["Access", "Account", "Provider", "WorkloadIdentity", "provider_of"]
