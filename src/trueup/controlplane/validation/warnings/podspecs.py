"""The template of pods, or a pod itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from trueup.controlplane.validation.warnings.addresses import address
from trueup.controlplane.validation.warnings.containers import container_warnings
from trueup.controlplane.validation.warnings.quantities import fractions
from trueup.controlplane.validation.warnings.scheduling import scheduling_warnings
from trueup.controlplane.validation.warnings.volumes import volume_warnings
from trueup.objects import Manifest

_SYSCTLS = 'non-functional in v1.11+; use the "sysctls" field instead'
_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls": _SYSCTLS,
    "security.alpha.kubernetes.io/unsafe-sysctls": _SYSCTLS,
}
_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def template_warnings(path: str, template: Manifest) -> Iterator[str]:
    """``path`` leads to the template; empty for a pod."""
    prefix = f"{path}." if path else ""
    spec = template.get("spec") or {}
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    place = f"{prefix}spec"
    yield from scheduling_warnings(place, spec)
    yield from _annotations(f"{prefix}metadata.annotations", annotations, spec)
    yield from volume_warnings(f"{place}.volumes", spec.get("volumes") or ())
    yield from _repeated(f"{place}.hostAliases", spec.get("hostAliases") or (), "ip")
    yield from _pull_secrets(f"{place}.imagePullSecrets", spec.get("imagePullSecrets") or ())
    yield from fractions(f"{place}.overhead", spec.get("overhead"), "memory", "ephemeral-storage")
    containers = [
        (f"{place}.{name}[{at}]", container)
        for name in _CONTAINERS
        for at, container in enumerate(spec.get(name) or ())
    ]
    yield from container_warnings(containers, f"{prefix}metadata.annotations", template)
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:
        yield (
            f"{place}.terminationGracePeriodSeconds: must be >= 0;"
            " negative values are invalid and will be treated as 1"
        )
    yield from _addresses(place, spec)


def _annotations(path: str, annotations: Manifest, spec: Manifest) -> Iterator[str]:
    for key, text in _ANNOTATIONS.items():
        if key in annotations:
            yield f"{path}[{key}]: {text}"
    profile = (spec.get("securityContext") or {}).get("seccompProfile")
    if profile is None and _SECCOMP in annotations:
        yield f'{path}[{_SECCOMP}]: non-functional in v1.27+; use the "seccompProfile" field instead'


def _repeated(path: str, items: Sequence[Any], key: str) -> Iterator[str]:
    seen = set()
    for at, item in enumerate(items):
        value = item.get(key) or ""
        if value in seen:
            yield f'{path}[{at}].{key}: duplicate {key} "{value}"'
        seen.add(value)


def _pull_secrets(path: str, secrets: Sequence[Any]) -> Iterator[str]:
    yield from _repeated(path, secrets, "name")
    for at, secret in enumerate(secrets):
        if not secret.get("name"):
            yield f'{path}[{at}].name: invalid empty name ""'


def _addresses(path: str, spec: Manifest) -> Iterator[str]:
    for at, server in enumerate((spec.get("dnsConfig") or {}).get("nameservers") or ()):
        yield from address(f"{path}.dnsConfig.nameservers[{at}]", server)
    for at, alias in enumerate(spec.get("hostAliases") or ()):
        yield from address(f"{path}.hostAliases[{at}].ip", alias.get("ip") or "")
