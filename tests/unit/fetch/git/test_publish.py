"""Writing files to a branch that others write to as well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from trueup.fetch.git import Author, GitCache, GitError, Published, Remote, publish
from trueup.testing.git import GitRepo
from trueup.tree import Tree

WHO = Author("Ada", "ada@example.com")


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo.git")


@pytest.fixture
def cache(tmp_path: Path) -> GitCache:
    return GitCache(tmp_path / "cache")


async def write(
    cache: GitCache, repo: GitRepo, files: Mapping[str, str], branch: str = "main"
) -> Published:
    return await publish(cache, Remote.at(repo.url), branch, lambda tree: files, WHO, "Say so")


async def test_an_empty_repository_gets_its_first_commit(cache: GitCache, repo: GitRepo) -> None:
    done = await write(cache, repo, {"a/b.txt": "1"})
    commit = repo.repository[done.commit]
    assert repo.files("refs/heads/main") == {"a/b.txt": b"1"}
    assert (commit.message, commit.author.name, commit.parents) == ("Say so", "Ada", [])
    assert (done.is_new, done.tree.read("a/b.txt")) == (True, b"1")


async def test_files_come_on_top_of_what_is_there(cache: GitCache, repo: GitRepo) -> None:
    tip = repo.commit({"kept.txt": "k", "a.txt": "1"})
    done = await write(cache, repo, {"a.txt": "2"})
    assert repo.files("refs/heads/main") == {"kept.txt": b"k", "a.txt": b"2"}
    assert [str(each) for each in repo.repository[done.commit].parent_ids] == [tip]


async def test_nothing_is_pushed_that_is_there_already(cache: GitCache, repo: GitRepo) -> None:
    tip = repo.commit({"a.txt": "1"})
    done = await write(cache, repo, {"a.txt": "1"})
    assert (done.commit, done.is_new) == (tip, False)
    assert done.tree.read("a.txt") == b"1"


async def test_what_to_write_is_decided_on_what_is_there(cache: GitCache, repo: GitRepo) -> None:
    repo.commit({"a.txt": "1"})

    def change(tree: Tree) -> Mapping[str, str]:
        return {"b.txt": tree.read("a.txt").decode() + "2"}

    await publish(cache, Remote.at(repo.url), "main", change, WHO, "m")
    assert repo.files("refs/heads/main")["b.txt"] == b"12"


async def test_a_push_that_comes_second_is_made_anew(cache: GitCache, repo: GitRepo) -> None:
    repo.commit({"a.txt": "1"})
    calls: list[Tree] = []

    def change(tree: Tree) -> Mapping[str, str]:
        if not calls:
            repo.commit({"theirs.txt": "t"})
        calls.append(tree)
        return {"ours.txt": "o"}

    await publish(cache, Remote.at(repo.url), "main", change, WHO, "m")
    assert set(repo.files("refs/heads/main")) == {"a.txt", "theirs.txt", "ours.txt"}


async def test_a_missing_branch_of_a_filled_repository_is_an_error(
    cache: GitCache, repo: GitRepo
) -> None:
    repo.commit({"a.txt": "1"})
    with pytest.raises(GitError, match="refs/heads/other"):
        await write(cache, repo, {"a.txt": "2"}, branch="other")
