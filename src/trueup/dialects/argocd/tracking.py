"""Which Application an object belongs to, and the controller that keeps it so.

https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trueup.objects import manifest
from trueup.observe.rivals import Rival

CONTROLLER: Final = Rival("Argo CD", "application-controller", "argocd", exclusive=False)

_TRACKING_ID = "argocd.argoproj.io/tracking-id"
_INSTANCE = ("argocd.argoproj.io/instance", "app.kubernetes.io/instance")
"""Labels that track where the annotation does not; the second one means other things too."""
_MANAGERS = ("argocd-controller", "argocd-application-controller")


def application_of(obj: Mapping[str, Any]) -> str:
    """The name of the Application that tracks the live ``obj``; empty if none does.

    A label counts only on an object that Argo CD has written.
    """
    if tracked := str(manifest.annotations(obj).get(_TRACKING_ID) or ""):
        return tracked.partition(":")[0]
    if not _wrote(obj):
        return ""
    labels = manifest.labels(obj)
    return next((str(labels[key]) for key in _INSTANCE if labels.get(key)), "")


def _wrote(obj: Mapping[str, Any]) -> bool:
    entries = (obj.get("metadata") or {}).get("managedFields") or ()
    return any(str(entry.get("manager")) in _MANAGERS for entry in entries)
