"""``trueup eval NAME``: the pure rules as a command, for scripts and other people's CI.

One module per rule, each with ``evaluate(case) -> result``; ``harness`` reads cases and writes
results. The modules call the rules and hold none.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import click

from trueup.cli.verbs.eval.harness import Rule, run

RULES: Final = {
    "dependencies": "dependencies",
    "flux-build": "flux_build",
    "signature": "signature",
    "sourceignore": "sourceignore",
    "status": "status",
    "status-expr": "status_expr",
    "substitute": "substitute",
    "varsub": "varsub",
}
"""Name of a rule -> module of ``trueup.cli.verbs.eval`` that holds its ``evaluate``."""


@click.command()
@click.argument("name", type=click.Choice(sorted(RULES)))
def command(name: str) -> None:
    """Apply a rule to cases: JSON lines in on stdin, JSON lines out on stdout.

    Each case is an object with an "id"; its answer carries the same id, and "error" where the
    case fails. Answers come as soon as they are known.
    """
    rule: Rule = import_module(f"trueup.cli.verbs.eval.{RULES[name]}").evaluate
    run(rule, sys.stdin.buffer, sys.stdout.buffer)
