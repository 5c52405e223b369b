"""Which words may stand where: a dialect's names stay in that dialect, and no name says nothing."""

from __future__ import annotations

from tests.architecture.house import SOURCE, modules, name_of

DIALECT_WORDS = ("argoproj", "toolkit.fluxcd", "crossplane.io")
EMPTY_NAMES = {"common", "helper", "helpers", "manager", "misc", "shared", "util", "utils"}


def test_a_dialects_words_stay_in_the_dialect() -> None:
    texts = [
        path
        for pattern in ("*.py", "*.yaml", "*.json")
        for path in sorted(SOURCE.rglob(pattern))
        if "dialects" not in path.parts
    ]
    found = {name_of(path) for path in texts for word in DIALECT_WORDS if word in path.read_text()}
    assert found == set()


def test_every_module_name_says_what_is_in_it() -> None:
    named = {path: set(path.relative_to(SOURCE).with_suffix("").parts) for path in modules()}
    assert [name_of(path) for path, parts in named.items() if parts & EMPTY_NAMES] == []
