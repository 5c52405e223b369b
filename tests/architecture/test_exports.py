"""What packages offer: ``__all__`` is true, and everything on offer says what it is."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from tests.architecture.house import SOURCE, modules, name_of, parsed


def _offers(path: Path) -> bool:
    return any(
        isinstance(target, ast.Name) and target.id == "__all__"
        for statement in parsed(path).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
    )


def _imported(path: Path) -> ModuleType:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return import_module(".".join(parts).removesuffix(".__init__"))


def _says_something(name: str, value: object) -> bool:
    """A dataclass without a docstring gets its signature for one, which says nothing."""
    said = getattr(value, "__doc__", None) or ""
    return bool(said.strip()) and not said.startswith(f"{name}(")


SPOKEN = (type, FunctionType)
OFFERING = [path for path in modules() if _offers(path)]


@pytest.mark.parametrize("path", OFFERING, ids=name_of)
def test_exports_are_there_once(path: Path) -> None:
    module = _imported(path)
    assert len(module.__all__) == len(set(module.__all__))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("path", OFFERING, ids=name_of)
def test_exports_have_a_docstring(path: Path) -> None:
    module = _imported(path)
    offered = {name: getattr(module, name) for name in module.__all__}
    classes_and_functions = {name: it for name, it in offered.items() if isinstance(it, SPOKEN)}
    bare = [name for name, it in classes_and_functions.items() if not _says_something(name, it)]
    assert bare == []


def test_every_module_opens_with_what_belongs_there() -> None:
    assert [name_of(path) for path in modules() if not ast.get_docstring(parsed(path))] == []


def test_every_public_class_says_what_it_is() -> None:
    bare = [
        f"{name_of(path)}: {node.name}"
        for path in modules()
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]
    assert bare == []
