"""Flux's own controllers: those that would work on the same resources as Trueup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trueup.dialects.flux import names
from trueup.objects import GroupVersionKind, manifest
from trueup.observe.rivals import Rival


def _controller(component: str) -> Rival:
    return Rival("Flux", component, "flux", f"{component}-leader-election")


RIVALS: Final = (_controller("kustomize-controller"), _controller("source-controller"))
"""In the order in which they are stopped: who applies first, who serves it last."""

OPERATED: Final = GroupVersionKind("fluxcd.controlplane.io", "v1", "FluxInstance")
"""What an operator keeps Flux running by."""

LEFT_ALONE: Final = {names.RECONCILE: names.DISABLED}
"""Annotations of a live object that neither Flux nor Trueup then writes."""


def is_operated(instance: Mapping[str, Any]) -> bool:
    """Whether the operator would start again what is stopped."""
    asked = manifest.annotations(instance).get("fluxcd.controlplane.io/reconcile")
    return asked != names.DISABLED
