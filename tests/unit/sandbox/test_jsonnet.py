"""Jsonnet in worker processes: what is hostile ends with an error, and only that ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trueup.errors import RenderError, SandboxError
from trueup.render.jsonnet import Request, evaluate
from trueup.sandbox.jsonnet import JsonnetWorkers
from trueup.sandbox.limits import MEBIBYTE, Limits
from trueup.tree import MemoryTree

TIGHT = Limits(
    wall_seconds=30, cpu_seconds=1, memory_bytes=160 * MEBIBYTE, output_bytes=4 * MEBIBYTE
)


@pytest.fixture(scope="module")
def workers() -> Iterator[JsonnetWorkers]:
    found = JsonnetWorkers(1, TIGHT)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a loop", "local f(x) = f(x + 1) tailstrict; f(0)"),
        ("a list without end", "std.range(1, 1000000000)"),
        (
            "a text that doubles",
            "local r(s, n) = if n == 0 then s else r(s + s, n - 1); r('a', 40)",
        ),
        ("what is nested too deep", "[" * 300_000),
        ("a large output", "[[i] for i in std.range(1, 500000)]"),
    ],
)
def test_what_takes_too_much_ends_with_its_name(
    workers: JsonnetWorkers, name: str, text: str
) -> None:
    with pytest.raises(SandboxError, match=r"^hostile\.jsonnet: it "):
        evaluate(MemoryTree({"hostile.jsonnet": text}), "hostile.jsonnet", Request(), workers)
    good = MemoryTree({"a": "{kind: 'A'}"})
    assert evaluate(good, "a", Request(), workers)[0].manifest == {"kind": "A"}


def test_the_files_of_the_machine_are_not_there(workers: JsonnetWorkers) -> None:
    tree = MemoryTree({"a": "local p = 'etc/passwd'; import 'etc/passwd'"})
    with pytest.raises(RenderError, match="neither beside it nor in a library"):
        evaluate(tree, "a", Request(), workers)


def test_an_error_with_strange_signs_is_told(workers: JsonnetWorkers) -> None:
    with pytest.raises(RenderError, match=r"a: line 1: one \S*two"):
        evaluate(MemoryTree({"a": 'error "one\\n\\u0007two"'}), "a", Request(), workers)
