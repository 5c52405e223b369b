"""Which leaves of a document are encrypted: the one rule that its metadata names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

Comments = Sequence[Sequence[str]]
"""For each level from the top, the comments right above what is looked at."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``name`` is one of ``RULES``."""

    name: str = "unencrypted_suffix"
    pattern: str = "_unencrypted"

    def encrypts(self, path: Sequence[str], comments: Comments, *, is_comment: bool) -> bool:
        """Whether the leaf at ``path`` is encrypted. A comment is the last of ``comments``."""
        if self.name.endswith("_suffix"):
            found = any(key.endswith(self.pattern) for key in path)
        elif self.name.endswith("_comment_regex"):
            found = _any(self.pattern, self._counted(comments, is_comment))
        else:
            found = _any(self.pattern, path)
        return found != self.name.startswith("un")

    def _counted(self, comments: Comments, is_comment: bool) -> Iterable[str]:
        """A comment that says that what follows is encrypted stays readable itself."""
        *above, last = comments
        if is_comment and not self.name.startswith("un"):
            last = last[:-1]
        return (text for level in (*above, last) for text in level)


def _any(pattern: str, texts: Iterable[str]) -> bool:
    matches = _matcher(pattern)
    return any(map(matches, texts))


def _matcher(pattern: str) -> Callable[[str], bool]:
    """A pattern that does not compile matches nothing, as in SOPS."""
    try:
        compiled = compile_regex(pattern)
    except RegexError:
        return lambda text: False
    return lambda text: compiled.found_in(to_bytes(text).decode("utf-8", "replace"))
