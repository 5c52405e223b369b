"""Kubernetes Events: what happened to an object, for ``kubectl get events`` and for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from trueup.objects import Manifest
from trueup.report.times import timestamp

MAX_MESSAGE = 1024
"""The API refuses longer messages."""


def event(
    about: Mapping[str, Any],
    reason: str,
    message: str,
    *,
    component: str,
    now: datetime,
    warning: bool = False,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """A core/v1 Event about the live object ``about``.

    The name is derived from what is said and when, so that writing it twice does not double it.
    """
    meta = about["metadata"]
    namespace = meta.get("namespace") or "default"
    if len(message) > MAX_MESSAGE:
        message = message[: MAX_MESSAGE - 1] + "…"
    mark = sha256(f"{meta.get('uid')}{reason}{message}{now.isoformat()}".encode()).hexdigest()[:16]
    moment = timestamp(now)
    metadata: dict[str, Any] = {"name": f"{_start(meta['name'])}.{mark}", "namespace": namespace}
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": metadata,
        "involvedObject": {
            "apiVersion": about.get("apiVersion", ""),
            "kind": about.get("kind", ""),
            "name": meta["name"],
            "namespace": meta.get("namespace", ""),
            "uid": meta.get("uid", ""),
            "resourceVersion": meta.get("resourceVersion", ""),
        },
        "reason": reason,
        "message": message,
        "type": "Warning" if warning else "Normal",
        "source": {"component": component},
        "reportingComponent": component,
        "reportingInstance": component,
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
    }


def _start(name: str) -> str:
    """As much of ``name`` as leaves room; no part of a name may end in a dash."""
    return name[:200].rstrip("-.")
