"""Taking commits back and pushing: on local repositories; over the network in tests/e2e."""

import pytest

from trueup.fetch.git import (
    Author,
    GitCache,
    GitError,
    Reference,
    Remote,
    restore_and_push,
    revert_and_push,
)
from trueup.testing.git import GitRepo

ME = Author("Me", "me@example.com")
MAIN = "refs/heads/main"


async def test_a_revert_takes_one_commit_back_and_keeps_what_came_later(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    bad = repo.commit({"app/a.yaml": "a: bad\n"}, message="break a")
    repo.commit({"app/b.yaml": "b: 2\n"})
    made = await revert_and_push(cache, remote, "main", bad, ME)
    assert repo.files(MAIN) == {"app/a.yaml": b"a: 1\n", "app/b.yaml": b"b: 2\n"}
    tip = repo.repository[made]
    assert tip.message == f'Revert "break a"\n\nThis reverts commit {bad}.\n'
    assert (tip.author.name, str(repo.repository.references[MAIN].target)) == ("Me", made)


async def test_the_first_commit_can_be_taken_back(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    first = str(repo.repository.references[MAIN].target)
    repo.commit({"app/b.yaml": "b: 2\n"})
    await revert_and_push(cache, remote, "main", first, ME)
    assert repo.files(MAIN) == {"app/b.yaml": b"b: 2\n"}


async def test_a_conflict_is_refused_with_the_paths(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    repo.commit({"app/a.yaml": "a: later\n"})
    with pytest.raises(GitError, match=r"same lines of app/a\.yaml") as caught:
        await revert_and_push(cache, remote, "main", bad, ME)
    assert caught.value.trouble == "conflict"


async def test_restoring_makes_all_files_what_they_were(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = repo.commit({"app/b.yaml": "b: 2\n"})
    repo.commit({"app/a.yaml": None, "app/b.yaml": "b: 3\n"})
    repo.commit({"app/c.yaml": "c: 4\n"})
    await restore_and_push(cache, remote, "main", good, ME)
    assert repo.files(MAIN) == {"app/a.yaml": b"a: 1\n", "app/b.yaml": b"b: 2\n"}


async def test_nothing_is_pushed_where_nothing_would_change(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    tip = str(repo.repository.references[MAIN].target)
    with pytest.raises(GitError, match="nothing to take back"):
        await restore_and_push(cache, remote, "main", tip, ME)


async def test_a_push_that_came_second_is_done_again_on_top(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    other = repo.commit({"app/z.yaml": "z: 1\n"}, branch="other")
    raced = repo.path / "raced"
    hook = repo.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    racing_push = f"unset GIT_QUARANTINE_PATH; git update-ref {MAIN} {other}"
    hook.write_text(f"#!/bin/sh\n[ -e {raced} ] || {{ touch {raced}; {racing_push}; }}\n")
    hook.chmod(0o755)
    with pytest.raises(GitError):
        await revert_and_push(cache, remote, "main", bad, ME)
    assert raced.exists()


async def test_a_declined_push_is_told_from_a_lost_race(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    hook = repo.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho main is protected >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match="main is protected") as caught:
        await revert_and_push(cache, remote, "main", bad, ME)
    assert caught.value.trouble == "declined"


async def test_what_was_pushed_is_in_the_cache(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    made = await revert_and_push(cache, remote, "main", bad, ME)
    checkout = await cache.fetch(remote, Reference(branch="main"))
    assert (checkout.revision.commit, checkout.tree.read("app/a.yaml")) == (made, b"a: 1\n")
