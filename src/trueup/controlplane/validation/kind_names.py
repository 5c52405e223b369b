"""What the objects of each kind may be called."""

from __future__ import annotations

from trueup.controlplane.validation.builtin.addresses import ip_address_name
from trueup.controlplane.validation.metadata import NameRule
from trueup.objects import names

_MAX_CRON_JOB = 52
"""Its jobs are called after it, with eleven more characters."""


def name_rule(bucket: str) -> NameRule:
    """The rule for the objects that are stored in ``bucket``."""
    return _RULES.get(bucket, names.dns_subdomain)


def _cron_job(name: str) -> list[str]:
    found = names.dns_subdomain(name)
    if len(name) > _MAX_CRON_JOB:
        found.append(f"must be no more than {_MAX_CRON_JOB} characters")
    return found


def _anything(name: str) -> list[str]:
    return []


def _segment(name: str) -> list[str]:
    return names.path_segment(name)


_RBAC = "rbac.authorization.k8s.io"
_RULES: dict[str, NameRule] = {
    "apiregistration.k8s.io/apiservices": _segment,
    "networking.k8s.io/ipaddresses": ip_address_name,
    "/namespaces": names.dns_label,
    "/services": names.dns_label,
    "/events": _anything,
    "apps/statefulsets": names.dns_label,
    "policy/poddisruptionbudgets": _segment,
    "batch/cronjobs": _cron_job,
    f"{_RBAC}/roles": _segment,
    f"{_RBAC}/rolebindings": _segment,
    f"{_RBAC}/clusterroles": _segment,
    f"{_RBAC}/clusterrolebindings": _segment,
    "flowcontrol.apiserver.k8s.io/flowschemas": _segment,
    "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations": _segment,
}
