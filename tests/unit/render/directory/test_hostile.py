"""Any text in a directory is objects, nothing, or an error that names the file; and in little time."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import InputError
from trueup.render.directory import build
from trueup.tree import MemoryTree

PARTS = [
    "kind:",
    "A\n",
    "apiVersion:",
    "v1\n",
    "metadata:\n",
    "a:",
    "&a",
    "[*a]",
    "-",
    "---",
    "...",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "|",
    ">-",
    "\t",
    "\r\n",
    "\x00",
    "\ufeff",
    "items:\n*a",
    "<<:",
    "?",
    ":",
    "!!binary",
    "!x",
    "#",
    "%YAML",
    "1e999",
    "0x",
    "null",
    "é",
]
HOSTILE = {
    "lists in lists": "- " * 50_000,
    "mappings in mappings": "{a: " * 50_000,
    "brackets": "[" * 200_000,
    "keys of keys": "? " * 50_000,
    "anchors": "a: &a\n" * 50_000,
    "documents": "kind: A\n---\n" * 40_000,
    "a list without end": "items: [" + "1, " * 100_000,
}


def told(files: dict[str, bytes]) -> str:
    """The files of the objects, or what is wrong."""
    try:
        return " ".join(one.origin.file for one in build(MemoryTree(files), ""))
    except InputError as error:
        return str(error)


@given(st.lists(st.sampled_from([*PARTS, "\n", "\n", "  "])).map("".join))
def test_any_text_is_objects_or_an_error_that_names_the_file(text: str) -> None:
    found = told({"a.yaml": text.encode()})
    assert not found or "a.yaml" in found


@given(st.binary(max_size=200))
def test_any_bytes_are_objects_or_an_error_that_names_the_file(content: bytes) -> None:
    assert "a.json" in told({"a.json": content})


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_little_time(name: str) -> None:
    text = f"apiVersion: v1\nkind: A\nmetadata: {{}}\nb:\n{HOSTILE[name]}"
    begin = time.process_time()
    with suppress(InputError):
        build(MemoryTree({"a.yaml": text}), "")
    assert time.process_time() - begin < 2
