"""What the real helm is called by here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Helm = Callable[..., Awaitable[str]]
"""Runs ``helm ARGUMENTS`` and gives what it says."""
