"""What the pages say: links lead somewhere, the reference is current, and no page talks shop."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from scripts.build_reference import PAGE, reference
from tests.architecture.house import ROOT, SOURCE, name_of, written_files

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)

PAGES = sorted(
    path
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("examples/**/*.md"),
        *ROOT.glob("bench/*.md"),
    ]
    if not path.relative_to(ROOT).parts[0].startswith(".")
)

TOPS = (SOURCE, ROOT)
"""Where the paths on pages begin."""

# Registries are written in parts, or this file would name them.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("deb", "debian", "org"),
        ("repo1", "maven", "org"),
    )
]
SHOP_TALK = re.compile(
    r"(?<![\w./])/(?:work|home|Users)/\w|(?<![\w/])issue \d+\b|"
    + "|".join(map(re.escape, REGISTRIES))
)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(CODE.sub("", page.read_text()))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not _leads_somewhere(page, link)] == []


def test_the_layers_on_the_page_are_those_that_hold() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text().partition("may import whom")[2]
    drawn = re.findall(r"^([a-z]+(?: · [a-z]+)*)  ", page.split("```")[1], re.MULTILINE)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    held = contracts["contracts"][0]["layers"]
    assert [line.replace(" · ", " | ") for line in drawn] == held[1:]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_modules_that_a_page_names_are_there(page: Path) -> None:
    named = re.findall(r"`([\w./-]+\.py)`", page.read_text())
    assert [name for name in named if not any((top / name).exists() for top in TOPS)] == []


def test_the_command_line_reference_is_current() -> None:
    assert PAGE.read_text() == reference(), "write it anew: make docs"


def test_every_decision_has_a_number_of_its_own() -> None:
    decisions = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [name.partition("-")[0] for name in decisions]
    assert len(numbers) == len(set(numbers)), decisions


def test_no_file_talks_shop() -> None:
    found = {}
    for path in written_files():
        if path != Path(__file__) and (hits := SHOP_TALK.findall(_text(path))):
            found[name_of(path)] = sorted(set(hits))
    assert found == {}


def _leads_somewhere(page: Path, link: str) -> bool:
    target, _, anchor = link.partition("#")
    path = (page.parent / target).resolve() if target else page
    if not path.exists():
        return False
    return not anchor or anchor in {_slug(title) for title in HEADING.findall(path.read_text())}


def _slug(title: str) -> str:
    """The anchor of a heading, as forges make it."""
    return re.sub(r"[^\w\- ]", "", title.replace("`", "")).strip().lower().replace(" ", "-")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""
