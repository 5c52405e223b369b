"""Remotes whose history moves in every way: what is fetched is what they say now."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.fetch.git import GitCache, GitError, Reference, Remote
from trueup.testing.git import GitRepo, submodule_at

MAIN = Reference(branch="main")


async def test_a_forced_push_is_followed(cache: GitCache, remote: Remote, repo: GitRepo) -> None:
    await cache.fetch(remote, MAIN)
    rewritten = repo.commit({"other": "history"}, replace=True)
    checkout = await cache.fetch(remote, MAIN)
    assert checkout.revision.text == f"main@sha1:{rewritten}"
    assert [entry.name for entry in checkout.tree.entries()] == ["other"]


async def test_a_branch_that_goes_back_is_followed(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    first = (await cache.fetch(remote, MAIN)).revision.commit
    repo.commit({"app/a.yaml": "a: 2\n"})
    await cache.fetch(remote, MAIN)
    repo.point("refs/heads/main", first)
    assert (await cache.fetch(remote, MAIN)).tree.read("app/a.yaml") == b"a: 1\n"


async def test_a_tag_that_moved_is_followed(cache: GitCache, remote: Remote, repo: GitRepo) -> None:
    repo.tag("v1", message="one")
    await cache.fetch(remote, Reference(tag="v1"))
    moved = repo.commit({"app/a.yaml": "a: 2\n"})
    repo.tag("v1", message="one again")
    assert (await cache.fetch(remote, Reference(tag="v1"))).revision.commit == moved


async def test_a_tag_that_was_made_anew_on_the_same_commit_has_its_new_signature_text(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    repo.tag("v1", message="one")
    await cache.fetch(remote, Reference(tag="v1"))
    repo.tag("v1", message="two")
    tag = (await cache.fetch(remote, Reference(tag="v1"))).tag
    assert tag is not None
    assert tag.signed is not None
    assert b"\n\ntwo\n" in tag.signed.payload


async def test_what_was_fetched_before_can_be_read_after_the_branch_is_gone(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    checkout = await cache.fetch(remote, MAIN)
    repo.remove("refs/heads/main")
    with pytest.raises(GitError):
        await cache.fetch(remote, MAIN)
    again = await GitCache(cache.root).open(repo.url, checkout.revision)
    assert again is not None
    assert again.tree.read("app/a.yaml") == b"a: 1\n"


async def test_an_old_tree_reads_on_through_many_fetches_and_repacks(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    held = (await cache.fetch(remote, MAIN)).tree
    for number in range(30):
        repo.commit({"app/a.yaml": f"a: {number}\n"}, replace=True)
        await cache.fetch(remote, MAIN)
    packs = list(cache.root.glob("*.git/objects/pack/*.pack"))
    assert len(packs) < 30
    assert held.read("app/a.yaml") == b"a: 1\n"


@pytest.fixture
def library(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "library.git")
    made.commit({"lib.yaml": "lib: 1\n"})
    return made


def gitmodules(path: str, url: str) -> str:
    return f'[submodule "x"]\n\tpath = {path}\n\turl = {url}\n'


def tip(repo: GitRepo) -> str:
    return str(repo.repository.references["refs/heads/main"].target)


async def test_a_submodule_with_a_relative_url_is_fetched(
    cache: GitCache, remote: Remote, repo: GitRepo, library: GitRepo
) -> None:
    modules = gitmodules("vendor/lib", "../library.git")
    repo.commit({".gitmodules": modules, "vendor/lib": submodule_at(tip(library))})
    tree = (await cache.fetch(remote, MAIN, submodules=True)).tree
    assert tree.read("vendor/lib/lib.yaml") == b"lib: 1\n"


async def test_without_leave_a_submodule_is_an_empty_folder(
    cache: GitCache, remote: Remote, repo: GitRepo, library: GitRepo
) -> None:
    modules = gitmodules("vendor/lib", "../library.git")
    repo.commit({".gitmodules": modules, "vendor/lib": submodule_at(tip(library))})
    tree = (await cache.fetch(remote, MAIN)).tree
    assert (tree.is_dir("vendor/lib"), tree.entries("vendor/lib")) == (True, [])


async def test_a_checkout_with_submodules_opens_again_without_the_network(
    cache: GitCache, remote: Remote, repo: GitRepo, library: GitRepo
) -> None:
    modules = gitmodules("vendor/lib", "../library.git")
    repo.commit({".gitmodules": modules, "vendor/lib": submodule_at(tip(library))})
    before = await cache.fetch(remote, MAIN, submodules=True)
    again = await GitCache(cache.root).open(repo.url, before.revision, submodules=True)
    assert again is not None
    assert again.tree.digest("") == before.tree.digest("")


async def test_a_submodule_that_is_away_is_named(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    repo.commit({".gitmodules": gitmodules("lib", "../gone.git"), "lib": submodule_at("a" * 40)})
    with pytest.raises(GitError, match="submodule 'lib': "):
        await cache.fetch(remote, MAIN, submodules=True)
