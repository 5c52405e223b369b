"""Flux's Kustomization as the engine sees it: one door to this package's translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from trueup.dialects.flux import kustomization, names, status
from trueup.dialects.flux.decryption import BY_SECRETS, Decryption
from trueup.dialects.flux.tenancy import OPEN, Tenancy
from trueup.flow import Delivery
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, manifest
from trueup.report.report import Phase, Report


class KustomizationDialect:
    """``DeliveryDialect`` for kustomize.toolkit.fluxcd.io/v1 Kustomization."""

    kind: GroupVersionKind = names.KUSTOMIZATION
    finalizer: str = names.FINALIZER
    status_manager: str = names.STATUS_MANAGER
    component: str = names.APPLY_MANAGER
    path_not_found: str = "kustomization path not found"

    def __init__(self, tenancy: Tenancy = OPEN, decryption: Decryption = BY_SECRETS) -> None:
        self._tenancy = tenancy
        self._decryption = decryption

    def delivery_of(self, resource: Manifest) -> Delivery:
        return kustomization.delivery_of(resource, self._tenancy, self._decryption)

    def check_access(self, delivery: Delivery) -> None:
        self._tenancy.check(delivery)

    def source_of(self, resource: Mapping[str, Any]) -> ObjectRef | None:
        return kustomization.source_of(resource)

    def dependencies_of(self, resource: Mapping[str, Any]) -> list[ObjectRef]:
        return kustomization.dependencies_of(resource)

    def is_suspended(self, resource: Mapping[str, Any]) -> bool:
        return kustomization.is_suspended(resource)

    def requested_at(self, resource: Mapping[str, Any]) -> str:
        return str(manifest.annotations(resource).get(names.REQUESTED_AT_ANNOTATION) or "")

    def status_of(self, before: Manifest, report: Report) -> Manifest:
        return status.status_of(before, report)

    def reason_of(self, report: Report) -> str:
        return status.reason_of(report)

    def inventory_of(self, found: Mapping[str, Any]) -> list[ObjectRef]:
        return status.inventory_of(found)

    def with_inventory(self, found: Manifest, refs: Sequence[ObjectRef]) -> Manifest:
        return status.with_inventory(found, refs)

    def with_history(
        self, found: Manifest, report: Report, digest: str, seconds: float
    ) -> Manifest:
        reason = status.reason_of(report)
        return status.with_history(found, report.attempt, digest, reason, seconds)

    def applied_revision(self, found: Mapping[str, Any]) -> str:
        return str(found.get("lastAppliedRevision") or "")

    def is_ready(self, resource: Mapping[str, Any]) -> bool:
        return status.is_ready(resource)

    def has_tried(self, resource: Mapping[str, Any], revision: str) -> bool:
        return status.has_tried(resource, revision)

    def event_metadata(self, report: Report) -> dict[str, str]:
        prefix = f"{names.KUSTOMIZE_GROUP}/"
        found = {names.REVISION_KEY: report.attempt.revision}
        if report.attempt.origin_revision:
            found[names.ORIGIN_REVISION_KEY] = report.attempt.origin_revision
        if report.phase is Phase.APPLIED:
            found[names.COMMIT_STATUS_KEY] = names.COMMIT_STATUS_UPDATE
        return {prefix + key: value for key, value in found.items() if value}


KUSTOMIZATIONS: Final = KustomizationDialect()
