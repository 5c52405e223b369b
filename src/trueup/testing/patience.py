"""How long tests wait for what another process, or another task, is to do."""

from __future__ import annotations

PATIENCE = 120.0
"""Seconds. It tells what hangs from what is slow, and no more: a loaded machine takes its time."""
