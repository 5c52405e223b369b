"""Bases from real repositories, as ``trueup build --enable-remotes`` fetches them."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.cli.rendering.remotes import FetchedRemotes
from trueup.errors import TrueupError
from trueup.render.kustomize.remotes import Repository
from trueup.testing.git import GitRepo


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo.git")
    repo.tag("v1", repo.commit({"x": "one"}))
    repo.commit({"x": "two"})
    return repo


@pytest.fixture
def remotes(tmp_path: Path) -> FetchedRemotes:
    return FetchedRemotes(tmp_path / "cache")


@pytest.mark.parametrize(
    ("ref", "content"), [("", b"two"), ("main", b"two"), ("v1", b"one"), ("refs/tags/v1", b"one")]
)
def test_a_ref_is_a_branch_or_a_tag(
    repo: GitRepo, remotes: FetchedRemotes, ref: str, content: bytes
) -> None:
    assert remotes.repository(Repository(repo.url, ref=ref)).read("x") == content


def test_a_ref_is_a_commit(repo: GitRepo, remotes: FetchedRemotes) -> None:
    commit = repo.commit({"x": "three"})
    repo.commit({"x": "four"})
    assert remotes.repository(Repository(repo.url, ref=commit)).read("x") == b"three"


def test_an_unknown_ref_is_an_error(repo: GitRepo, remotes: FetchedRemotes) -> None:
    with pytest.raises(TrueupError, match="unable to resolve ref 'refs/heads/nope'"):
        remotes.repository(Repository(repo.url, ref="nope"))
