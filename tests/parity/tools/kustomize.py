"""``kustomize build``."""

from __future__ import annotations

import argparse

from tests.parity.cases import Case
from tests.parity.tools.tool import Tool
from trueup.render.kustomize import Options, build, to_yaml
from trueup.render.kustomize.loader import LoadRestrictor
from trueup.tree import FolderTree

_RESTRICTORS: dict[str, LoadRestrictor] = {
    "LoadRestrictionsRootOnly": "root-only",
    "LoadRestrictionsNone": "none",
}


def _arguments(case: Case) -> list[str]:
    return ["build", case.path, *case.flags]


def _trueup(case: Case) -> bytes:
    return to_yaml(build(FolderTree(case.input), case.path, _options(case.flags))).encode()


def _options(flags: tuple[str, ...]) -> Options:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--load-restrictor", default="LoadRestrictionsRootOnly")
    parser.add_argument("--enable-managedby-label", action="store_true")
    parser.add_argument("--reorder", default="legacy")
    given = parser.parse_args(flags)
    return Options(
        _RESTRICTORS[given.load_restrictor], given.enable_managedby_label, reorder=given.reorder
    )


TOOL = Tool(
    "kustomize",
    _arguments,
    _trueup,
    marks=("kustomization.yaml", "kustomization.yml", "Kustomization"),
)
