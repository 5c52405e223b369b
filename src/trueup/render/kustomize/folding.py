"""Folded block scalars (``>``), which kustomize changes by writing and reading them once more.

go-yaml writes the break after a line that is not indented twice, and a reader folds the two into one
only if the next line is not indented either: so what is indented gets an empty line before it.
"""

from __future__ import annotations

import re

_BLANK = " \t"
_NOT_IN_BLOCK = re.compile(
    " \n| $|[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]"
)


def refolded(text: str) -> str:
    """``text``, the value of a folded scalar, as it is after kustomize has written and read it."""
    if "\n" not in text or _NOT_IN_BLOCK.search(text):
        return text
    return _read(written_lines(text), text)


def written_lines(text: str) -> list[str]:
    """The lines that go-yaml writes for ``text``; the last one is empty where ``text`` ends one."""
    doubles = text.lstrip("\n")[:1] not in ("", *_BLANK)
    found: list[str] = []
    *broken, last = text.split("\n")
    for line in broken:
        found.append(line)
        if doubles and line and line[0] not in _BLANK:
            found.append("")
    return [*found, last]


def _read(lines: list[str], original: str) -> str:
    """What a reader makes of ``lines``; ``original`` says how its end was marked."""
    parts: list[str] = []
    pending = 0
    was_indented, has_text = False, False
    for line in lines if lines[-1] else lines[:-1]:
        if not line:
            pending += 1
            continue
        is_indented = line[0] in _BLANK
        if has_text and (was_indented or is_indented):
            parts.append("\n")
        elif has_text and not pending:
            parts.append(" ")
        parts += ["\n" * pending, line]
        pending, was_indented, has_text = 0, is_indented, True
    if original.endswith("\n") and has_text:
        parts.append("\n")
    if original.endswith("\n\n") or not has_text:
        parts.append("\n" * pending)
    return "".join(parts)
