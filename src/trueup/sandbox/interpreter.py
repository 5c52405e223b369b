"""The interpreter that both workers and programs are started with."""

from __future__ import annotations

import sys

_FIND_TRUEUP = """
import sys
begin = 2 + int(sys.argv[1])
sys.path[:] = sys.argv[2:begin]
del sys.argv[1:begin]
"""


def python(program: str, *arguments: str | int) -> list[str]:
    """The command that runs ``program``, a text of ours, on ``arguments`` as ``sys.argv[1:]``.

    It can import what this process can, and takes nothing from its environment.
    """
    path = [entry for entry in sys.path if entry]
    interpreter = (sys.executable, "-I", "-S", "-X", "utf8", "-c", _FIND_TRUEUP + program)
    return [*interpreter, str(len(path)), *path, *map(str, arguments)]
