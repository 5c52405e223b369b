"""What a request asks of the registry, after parsing and before doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.controlplane.auth.user import User
from trueup.controlplane.registry.refusals import require_path_name
from trueup.controlplane.resources import Resource


@dataclass(slots=True)
class Call:
    """``warnings`` collects what goes into the answer's Warning headers.

    ``doubts`` are what strict decoding has against the body as it was sent; ``is_patch``: the body
    is a patch of an object, not an object. ``options`` are those of the request, as admission is
    shown them. ``exempt``: the server's own doing, of which webhooks and policies are not asked;
    ``of_collection``: one of many objects that are deleted by one request.
    """

    resource: Resource
    user: User
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    dry_run: bool = False
    manager: str = "unknown"
    field_validation: str = "Warn"
    force: bool = False
    is_patch: bool = False
    exempt: bool = False
    of_collection: bool = False
    doubts: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Where the object is kept; BadRequest for a name under which nothing can be."""
        require_path_name(self.name)
        return self.resource.key(self.namespace, self.name)

    def warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)
