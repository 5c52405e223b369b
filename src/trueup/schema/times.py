"""Timestamps in the one spelling of the Kubernetes API: UTC, whole seconds or six places."""

from __future__ import annotations

from datetime import UTC, datetime

_WHOLE_SECONDS = len("2006-01-02T15:04:05Z")
_MICROSECONDS = len("2006-01-02T15:04:05.000000Z")


def time(value: str) -> str:
    """``metav1.Time``: ``2006-01-02T15:04:05Z``."""
    if len(value) == _WHOLE_SECONDS and value.endswith("Z"):
        return value
    return _respelled(value, "%Y-%m-%dT%H:%M:%SZ")


def micro_time(value: str) -> str:
    """``metav1.MicroTime``: ``2006-01-02T15:04:05.000000Z``."""
    if len(value) == _MICROSECONDS and value.endswith("Z"):
        return value
    return _respelled(value, "%Y-%m-%dT%H:%M:%S.%fZ")


def _respelled(value: str, form: str) -> str:
    return datetime.fromisoformat(value).astimezone(UTC).strftime(form)
