"""What is elsewhere: how it is named, who fetches it, and what it may read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from trueup.errors import InputError
from trueup.objects import yaml
from trueup.render.kustomize import Options, build
from trueup.render.kustomize.remotes import Repository, parse_repository
from trueup.tree import MemoryTree, Tree

TABLE: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[3] / "cases" / "render" / "repositories.yaml").read_bytes()
)
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


class Elsewhere:
    """Has one repository and one file, and knows what it was asked for."""

    def __init__(self, files: dict[str, str], file: str = "") -> None:
        self.asked: list[Repository] = []
        self._tree = MemoryTree(files)
        self._file = file

    def repository(self, repository: Repository) -> Tree:
        self.asked.append(repository)
        return self._tree

    def file(self, url: str) -> bytes:
        if not self._file:
            raise InputError("no such file", subject=url)
        return self._file.encode()


def _names(resource: str, elsewhere: Elsewhere | None) -> list[str]:
    tree = MemoryTree({"kustomization.yaml": f"resources: [{resource!r}]\n"})
    return [each["metadata"]["name"] for each in build(tree, "", Options(remotes=elsewhere))]


@pytest.mark.parametrize("case", TABLE, ids=[case["url"] for case in TABLE])
def test_a_repository_is_named_as_in_kustomize(case: dict[str, Any]) -> None:
    found = parse_repository(case["url"])
    assert (None if found is None else asdict(found)) == case["expect"]


def test_a_base_comes_from_its_repository() -> None:
    there = Elsewhere({"base/kustomization.yaml": "resources: [x.yaml]", "base/x.yaml": MAP % "x"})
    assert _names("https://git.example/org/repo//base?ref=v1", there) == ["x"]
    assert there.asked == [Repository("https://git.example/org/repo", "base", "v1")]


def test_a_file_behind_a_url_is_a_resource() -> None:
    assert _names("https://example.com/org/repo/x.yaml", Elsewhere({}, MAP % "x")) == ["x"]


def test_what_is_no_file_behind_a_url_is_taken_for_a_repository() -> None:
    there = Elsewhere({"kustomization.yaml": "resources: [x.yaml]", "x.yaml": MAP % "x"})
    assert _names("https://github.com/org/repo", there) == ["x"]


def test_nothing_is_fetched_where_nobody_may() -> None:
    with pytest.raises(InputError, match="remote resources are not fetched while rendering"):
        _names("https://github.com/org/repo", None)


def test_a_repository_ends_where_its_files_do() -> None:
    there = Elsewhere({"base/kustomization.yaml": "resources: [../../x.yaml]"})
    with pytest.raises(InputError, match="path leaves its tree"):
        _names("https://git.example/org/repo//base", there)


def test_a_repository_that_leads_to_itself_is_a_cycle() -> None:
    there = Elsewhere({"kustomization.yaml": "resources: ['git@git.example:org/repo']"})
    with pytest.raises(InputError, match="leads to itself"):
        _names("git@git.example:org/repo", there)


def test_an_error_names_the_repository_and_no_password() -> None:
    there = Elsewhere({"kustomization.yaml": "resources: [none.yaml]"})
    with pytest.raises(InputError, match=r"^https://\*\*\*@git.example/org/repo: none.yaml"):
        _names("https://me:secret@git.example/org/repo", there)
