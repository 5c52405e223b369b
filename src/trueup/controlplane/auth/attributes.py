"""What is to be authorized, and how a refusal is worded."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.controlplane.auth.user import User
from trueup.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Attributes:
    """A resource request when ``resource`` is set, otherwise a request for ``path``."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def full_resource(self) -> str:
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def refusal(user: User, asked: Attributes, reason: str = "") -> Forbidden:
    """The apiserver's words for a request that is not allowed."""
    tail = f": {reason}" if reason else ""
    if not asked.resource:
        path = f'User "{user.name}" cannot {asked.verb} path "{asked.path}"'
        return Forbidden(f"forbidden: {path}{tail}", details={})
    group_resource = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    what = f'{group_resource} "{asked.name}"' if asked.name else group_resource
    place = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    details = {"name": asked.name, "group": asked.group, "kind": asked.resource}
    return Forbidden(
        f'{what} is forbidden: User "{user.name}" cannot {asked.verb} resource'
        f' "{asked.full_resource}" in API group "{asked.group}" {place}{tail}',
        details={key: value for key, value in details.items() if value},
    )
