"""Which leaves of a document are encrypted: the one rule that its metadata names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trueup.objects.regex import RegexError, compile_regex
from trueup.render.sops.tree import to_bytes

RULES = (
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """``name`` is one of ``RULES``."""

    name: str = "unencrypted_suffix"
    pattern: str = "_unencrypted"

    def encrypts(self, path: Sequence[str], *, is_marked: bool) -> bool:
        """Whether the leaf at ``path`` is encrypted.

        ``is_marked``: whether a comment right above it, or above what it is in, is one that counts.
        """
        if self._is_of_comments:
            found = is_marked
        elif self.name.endswith("_suffix"):
            found = any(key.endswith(self.pattern) for key in path)
        else:
            found = any(map(_matcher(self.pattern), path))
        return found != self.name.startswith("un")

    def marks(self, comment: str) -> bool:
        """Whether ``comment`` counts for what follows it."""
        return self._is_of_comments and _matcher(self.pattern)(comment)

    @property
    def marks_itself(self) -> bool:
        """A comment that says that what follows is encrypted stays readable itself."""
        return self.name != "encrypted_comment_regex"

    @property
    def _is_of_comments(self) -> bool:
        return self.name.endswith("_comment_regex")


def _matcher(pattern: str) -> Callable[[str], bool]:
    """A pattern that does not compile matches nothing, as in SOPS."""
    try:
        compiled = compile_regex(pattern)
    except RegexError:
        return lambda text: False
    return lambda text: compiled.found_in(to_bytes(text).decode("utf-8", "replace"))
