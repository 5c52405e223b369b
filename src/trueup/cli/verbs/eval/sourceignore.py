"""Rule ``sourceignore``: which paths a source leaves out."""

from __future__ import annotations

from typing import Any

from trueup.cli.verbs.eval.fields import boolean, strings, text
from trueup.fetch.ignore import IgnoreRules, parse, with_defaults


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{patterns, domain, defaults, paths}`` -> ``{ignored: [bool]}``.

    A path that ends in ``/`` is a directory; ``domain`` is the folder the patterns lie in.
    """
    domain = strings(case, "domain")
    patterns = parse(_patterns(case), domain)
    own = boolean(case, "defaults")
    rules = with_defaults(patterns, domain) if own else IgnoreRules(tuple(patterns))
    paths = strings(case, "paths")
    return {"ignored": [_ignored(rules, path) for path in paths]}


def _patterns(case: dict[str, Any]) -> str:
    if isinstance(case.get("patterns"), list):
        return "\n".join(strings(case, "patterns"))
    return text(case, "patterns")


def _ignored(rules: IgnoreRules, path: str) -> bool:
    return rules.ignores(path.removesuffix("/").split("/"), path.endswith("/"))
