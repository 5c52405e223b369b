"""Variables in text, by Flux's own library. ``flags`` are ``--vars FILE`` and ``--strict``."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.parity.cases import Case
from tests.parity.tools.tool import Tool
from trueup.objects import yaml
from trueup.render.substitute import substitute


def _arguments(case: Case) -> list[str]:
    return [*case.flags, case.path]


def _trueup(case: Case) -> bytes:
    parser = argparse.ArgumentParser()
    parser.add_argument("--vars", type=Path, required=True)
    parser.add_argument("--strict", action="store_true")
    given = parser.parse_args(case.flags)
    values = yaml.load((case.input / given.vars).read_bytes())
    text = (case.input / case.path).read_bytes().decode()
    return substitute(text, values, strict=given.strict).encode()


TOOL = Tool("substitute", _arguments, _trueup, suffix=".txt")
