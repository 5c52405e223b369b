"""On which line something stands in a text."""

from __future__ import annotations

import pytest

from trueup.objects.yaml.lines import line_of

TEXT = """\
# nothing
---
kind: A
spec:
  list:
  - a: 1
    b: [x, {c: 2}]
  - other
---
kind: B
"""


@pytest.mark.parametrize(
    ("document", "path", "line"),
    [
        (1, (), 3),
        (1, ("kind",), 3),
        (1, ("spec", "list"), 5),
        (1, ("spec", "list", 0, "b"), 7),
        (1, ("spec", "list", 0, "b", 1, "c"), 7),
        (1, ("spec", "list", 1), 8),
        (1, ("spec", "list", 2), 5),
        (1, ("spec", "gone", 0, "x"), 4),
        (1, ("kind", "x"), 3),
        (2, ("kind",), 10),
        (3, (), 0),
    ],
)
def test_a_path_has_a_line_or_that_of_the_nearest_above(
    document: int, path: tuple[str | int, ...], line: int
) -> None:
    assert line_of(TEXT, document, path) == line


def test_what_does_not_parse_has_the_lines_up_to_there() -> None:
    assert line_of("a: 1\nb: {c: 2\n", 1, ("b", "c")) == 2
    assert line_of("\x00", 1) == 0
