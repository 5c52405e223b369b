"""Taking commits back and pushing: on local repositories; over the network in tests/e2e."""

import pytest

from trueup.fetch.git import (
    Author,
    GitCache,
    GitError,
    Reference,
    Remote,
    Reversal,
    Reverted,
    Stretch,
    plan_revert,
    revert_and_push,
)
from trueup.testing.git import GitRepo

ME = Author("Me", "me@example.com")
MAIN = "refs/heads/main"


def tip(repo: GitRepo) -> str:
    return str(repo.repository.references[MAIN].target)


def stretch(good: str, bad: str, below: str = "") -> Stretch:
    return Stretch("main", good, bad, lambda _good, _bad: lambda path: path.startswith(below))


async def revert(cache: GitCache, remote: Remote, good: str, bad: str, below: str = "") -> Reverted:
    return await revert_and_push(
        cache, remote, stretch(good, bad, below), ME, lambda plan: f"take back {len(plan.commits)}"
    )


async def test_a_commit_is_taken_back_and_what_came_later_stays(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    bad = repo.commit({"app/a.yaml": "a: bad\n"}, message="break a")
    later = repo.commit({"app/b.yaml": "b: 2\n"})
    made = await revert(cache, remote, good, bad)
    assert repo.files(MAIN) == {"app/a.yaml": b"a: 1\n", "app/b.yaml": b"b: 2\n"}
    commit = repo.repository[made.commit]
    assert (commit.message, commit.author.name, tip(repo)) == ("take back 1", "Me", made.commit)
    assert [str(parent) for parent in commit.parent_ids] == [later]


async def test_all_commits_since_the_good_one_are_named_newest_first(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    one = repo.commit({"app/a.yaml": "a: 2\n"}, message="first")
    two = repo.commit({"app/c.yaml": "c\n"}, message="second")
    plan = await plan_revert(cache, remote, stretch(good, two))
    assert [(each.id, each.subject) for each in plan.commits] == [(two, "second"), (one, "first")]
    assert plan.files == ("app/a.yaml", "app/c.yaml")
    assert (plan.is_partial, tip(repo)) == (False, two)


async def test_only_the_files_that_are_concerned_change(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    repo.commit({"other/x": "1"}, message="not concerned")
    bad = repo.commit({"app/a.yaml": "a: bad\n", "other/y": "2"}, message="both")
    made = await revert(cache, remote, good, bad, below="app/")
    assert repo.files(MAIN) == {"app/a.yaml": b"a: 1\n", "other/x": b"1", "other/y": b"2"}
    assert [each.subject for each in made.reversal.commits] == ["both"]
    assert made.reversal.is_partial


async def test_a_merge_is_taken_back_as_a_whole(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    repo.point("refs/heads/topic", good)
    repo.commit({"app/b.yaml": "b\n"}, branch="topic", message="on the topic")
    merge = repo.merge("topic", message="Merge topic")
    made = await revert(cache, remote, good, merge)
    assert repo.files(MAIN) == {"app/a.yaml": b"a: 1\n"}
    assert [(each.id, each.merged_into) for each in made.reversal.commits] == [(merge, good)]


async def test_a_file_that_was_deleted_comes_back(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    bad = repo.commit({"app/a.yaml": None, "app/z.yaml": "z\n"})
    await revert(cache, remote, good, bad)
    assert repo.files(MAIN) == {"app/a.yaml": b"a: 1\n"}


async def test_a_conflict_names_the_files_and_pushes_nothing(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    later = repo.commit({"app/a.yaml": "a: later\n"})
    with pytest.raises(GitError, match=r"same lines of app/a\.yaml") as caught:
        await revert(cache, remote, good, bad)
    assert (caught.value.trouble, tip(repo)) == ("conflict", later)


async def test_history_that_was_rewritten_is_restored_without_naming_commits(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    repo.point("refs/heads/kept", good)
    bad = repo.commit({"app/a.yaml": "a: new\n"}, replace=True)
    made = await revert(cache, remote, good, bad)
    assert repo.files(MAIN) == {"app/a.yaml": b"a: 1\n"}
    assert (made.reversal.commits, made.reversal.is_partial) == ((), True)


async def test_nothing_is_pushed_where_nothing_would_change(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    bad = repo.commit({"other/x": "1"})
    with pytest.raises(GitError, match="nothing to take back"):
        await revert(cache, remote, good, bad, below="app/")
    assert tip(repo) == bad


async def test_a_push_that_came_second_is_done_again_on_top(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    raced: list[str] = []

    def message(plan: Reversal) -> str:
        if not raced:
            raced.append(repo.commit({"app/z.yaml": "z: 1\n"}))
        return "take back"

    await revert_and_push(cache, remote, stretch(good, bad), ME, message)
    assert repo.files(MAIN) == {"app/a.yaml": b"a: 1\n", "app/z.yaml": b"z: 1\n"}


async def test_a_declined_push_is_told_from_a_lost_race(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    hook = repo.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho main is protected >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match="main is protected") as caught:
        await revert(cache, remote, good, bad)
    assert caught.value.trouble == "declined"


async def test_what_was_pushed_is_in_the_cache(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    good = tip(repo)
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    made = await revert(cache, remote, good, bad)
    checkout = await cache.fetch(remote, Reference(branch="main"))
    assert checkout.revision.commit == made.commit
    assert checkout.tree.read("app/a.yaml") == b"a: 1\n"
