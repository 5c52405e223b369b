"""Imports in a Jsonnet text, found without evaluating it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.render.jsonnet.imports import imports_of

TEXTS = [
    ("import 'a'", ["import a"]),
    ('importstr "a"', ["importstr a"]),
    ("importbin @'it''s'", ["importbin it's"]),
    ('import @"a\\b"', ["import a\\b"]),
    (r'import "a\"\u0062\/c\n"', ['import a"b/c\n']),
    ("{a: import 'a' + import 'b'}", ["import a", "import b"]),
    ("import /* why */ // so\n # and so\n 'a'", ["import a"]),
    ("// import 'a'\n# import 'b'\n/* import 'c' */", []),
    ("\"import 'a'\" + 'import \"b\"'", []),
    ('@"import \'a""\'"', []),
    ("|||\n  import 'a'\n\n  |||x\n||| + import 'b'", ["import b"]),
    ("|||-\n\timport 'a'\n  ||| + import 'b'", ["import b"]),
    ("important 'a' + my_import 'b' + import1 'c'", []),
    ("import ('a')", []),
    ("import x + 'a'", []),
    ("import", []),
    ('\'never closed import "a"', []),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_imports_are_found_where_jsonnet_sees_them(text: str, expected: list[str]) -> None:
    assert [f"{found.how} {found.path}" for found in imports_of(text)] == expected


@given(st.lists(st.sampled_from(["|||\n", "  ", "\n", "'", '"', "@", "/*", "*/", "import ", "a"])))
def test_no_text_is_too_much(parts: list[str]) -> None:
    list(imports_of("".join(parts)))


@pytest.mark.parametrize("part", ["/*", "|||\n  \n", "|||\n ", "@'", '"\\', "  \n", "import "])
def test_hostile_texts_take_linear_time(part: str) -> None:
    begin = time.process_time()
    list(imports_of(part * 50_000))
    assert time.process_time() - begin < 2
