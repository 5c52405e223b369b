"""What ``pip install .`` and a source distribution carry; that they install is ``make demo``'s part."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from tests.architecture.house import ROOT, SOURCE, modules, parsed, written_files

IMPORTED_AS = {
    "azure-identity": "azure",
    "gojsonnet": "_gojsonnet",
    "google-auth": "google",
    "google-re2": "re2",
    "helm-python-sdk": "helm_python",
    "PyYAML": "yaml",
}
LOADED_BY_OTHERS = {"httptools"}
"""uvicorn's protocol that the server is built on needs it, and leaves it to us to install it."""
BROUGHT_ALONG = {"pytest"}
"""Whoever names ``trueup.testing.fixtures`` tests with it."""


def test_the_wheel_carries_every_file_of_the_package() -> None:
    built = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    written = {path.relative_to(SOURCE.parent).as_posix() for path in _package_files()}
    assert written - built == set()


def test_the_wheel_carries_what_is_read_at_run_time() -> None:
    suffixes = {path.suffix for path in _package_files()}
    assert {".py", ".yaml", ".json", ".typed"} <= suffixes


def test_the_source_distribution_carries_all_but_settings_of_tools() -> None:
    built = {file.distribution_path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    written = {path.relative_to(ROOT).as_posix() for path in written_files()}
    settings = {path for path in written if path.startswith(".")}
    assert written - settings - built == set()


def test_python_is_named_once_and_supported_by_the_classifiers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = project["requires-python"].removeprefix(">=")
    assert f"Programming Language :: Python :: {oldest}" in project["classifiers"]


def test_what_is_declared_is_what_is_imported() -> None:
    declared = {IMPORTED_AS.get(name, name) for name in _dependencies()}
    assert declared - LOADED_BY_OTHERS == _foreign_imports() - BROUGHT_ALONG


def test_every_dependency_has_its_reason() -> None:
    table = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert [name for name in _dependencies() if name not in table] == []


def _dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    used = [line for name, lines in extras.items() if name != "dev" for line in lines]
    return {re.split(r"[<>=\[]", line)[0] for line in (*project["dependencies"], *used)}


def _foreign_imports() -> set[str]:
    nodes = [node for path in modules() for node in ast.walk(parsed(path))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in names}
    return tops - sys.stdlib_module_names - {"trueup"}


def _package_files() -> list[Path]:
    return [path for path in written_files() if SOURCE in path.parents]
