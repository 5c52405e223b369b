"""How many objects one rendering may come to, whatever renders it."""

from __future__ import annotations

from trueup.errors import RenderError

MAX_OBJECTS = 50_000


def check_object_count(count: int, subject: str = "") -> None:
    """Raises RenderError where ``count`` objects, of what ``subject`` names, are too many."""
    if count > MAX_OBJECTS:
        raise RenderError(
            f"more than {MAX_OBJECTS} objects in one rendering",
            subject=subject,
            next_step="render the parts on their own",
        )
