"""API services: other servers whose APIs are offered beside this one's."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.ports import port_number
from trueup.controlplane.validation.causes import Cause, each, invalid, required
from trueup.objects import Manifest, names

_BOUNDS = {"groupPriorityMinimum": 20000, "versionPriority": 1000}


def api_service(obj: Manifest) -> Iterator[Cause]:
    spec, name = obj["spec"], str(obj["metadata"].get("name") or "")
    group, version = str(spec.get("group") or ""), str(spec.get("version") or "")
    if name != f"{version}.{group}":
        detail = f'must be `spec.version+"."+spec.group`: "{version}.{group}"'
        yield invalid("metadata.name", name, detail)
    if group:
        yield from each("spec.group", group, names.dns_subdomain(group))
    yield from each("spec.version", version, names.dns_1035_label(version))
    for field, most in _BOUNDS.items():
        number = spec.get(field) or 0
        if not 0 < number <= most:
            yield invalid(f"spec.{field}", number, f"must be positive and less than {most}")
    yield from _local(spec) if spec.get("service") is None else _remote(spec)


def _local(spec: Manifest) -> Iterator[Cause]:
    if spec.get("caBundle"):
        size = f"{len(str(spec['caBundle'])) * 3 // 4} bytes"
        yield invalid("spec.caBundle", size, "local APIServices may not have a caBundle")
    if spec.get("insecureSkipTLSVerify"):
        detail = "local APIServices may not have insecureSkipTLSVerify"
        yield invalid("spec.insecureSkipTLSVerify", True, detail)


def _remote(spec: Manifest) -> Iterator[Cause]:
    service = spec["service"]
    for field in ("namespace", "name"):
        if not service.get(field):
            yield required(f"spec.service.{field}")
    for cause in port_number(service.get("port", 443), "spec.service.port"):
        problem = cause["message"].rpartition("Invalid value: ")[2].partition(": ")[2]
        yield invalid("spec.service.port", service["port"], f"port is not valid: {problem}")
    if spec.get("insecureSkipTLSVerify") and spec.get("caBundle"):
        detail = "may not be true if caBundle is present"
        yield invalid("spec.insecureSkipTLSVerify", True, detail)
