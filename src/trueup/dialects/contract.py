"""What a dialect offers: translation between its own resources and the engine's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from trueup.flow import Delivery
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.report.report import Report


class DeliveryDialect(Protocol):
    """Reads one kind of delivery, and writes its status in its own words."""

    kind: GroupVersionKind
    finalizer: str
    status_manager: str
    """The field manager of status writes."""
    component: str
    """The name under which Events are reported."""
    path_not_found: str
    """What its users know a path by that the source does not have; the cause follows it."""

    def delivery_of(self, resource: Manifest) -> Delivery:
        """The resource's spec; InputError, by its subclasses, names the field that is wrong."""
        ...

    def check_access(self, delivery: Delivery) -> None:
        """AccessDenied if the delivery refers to what it may not use."""
        ...

    def source_of(self, resource: Mapping[str, Any]) -> ObjectRef | None:
        """The source that the resource names; None if it names none properly."""
        ...

    def dependencies_of(self, resource: Mapping[str, Any]) -> list[ObjectRef]:
        """The deliveries that must be ready first."""
        ...

    def is_suspended(self, resource: Mapping[str, Any]) -> bool: ...

    def requested_at(self, resource: Mapping[str, Any]) -> str:
        """The token of the latest request to look again, or empty."""
        ...

    def status_of(self, before: Manifest, report: Report) -> Manifest:
        """The status after ``report``; equal to ``before`` where it says nothing new."""
        ...

    def reason_of(self, report: Report) -> str:
        """The reason that conditions and Events give."""
        ...

    def inventory_of(self, status: Mapping[str, Any]) -> list[ObjectRef]: ...

    def with_inventory(self, status: Manifest, refs: Sequence[ObjectRef]) -> Manifest: ...

    def with_history(
        self, status: Manifest, report: Report, digest: str, seconds: float
    ) -> Manifest:
        """The status with one more reconcile of the rendering ``digest`` counted."""
        ...

    def applied_revision(self, status: Mapping[str, Any]) -> str: ...

    def is_ready(self, resource: Mapping[str, Any]) -> bool:
        """Whether the resource, as it is now, is live."""
        ...

    def has_tried(self, resource: Mapping[str, Any], revision: str) -> bool:
        """Whether all that can be applied of ``revision`` now has been, as the status tells it."""
        ...

    def event_metadata(self, report: Report) -> dict[str, str]:
        """Annotations of Events: the revision and what else receivers look for."""
        ...
