"""The definitions of Flux's kinds that Trueup runs, as files that an API server takes.

Names, types, enums, patterns, defaults, rules and printer columns are those of Flux, so that
its clients see no difference. One thing is wider: a GitRepository's URL may also be a file URL
or an absolute path.
"""

from __future__ import annotations

from trueup.objects import Manifest
from trueup.report.crds import definitions_in


def crds() -> list[Manifest]:
    """The CustomResourceDefinitions of Flux's groups."""
    return definitions_in(__name__)
