"""Which commit a reference means, and the revision text. Versions: test_semver."""

import pytest

from trueup.errors import InputError
from trueup.fetch.git import GitCache, GitError, Reference, Remote, Revision
from trueup.testing.git import GitRepo


@pytest.fixture
def commits(repo: GitRepo) -> dict[str, str]:
    """Three commits on main; tags and odd references on the first two."""
    found = {"one": str(repo.repository.references["refs/heads/main"].target)}
    repo.tag("light")
    tag = repo.tag("annotated", message="release")
    repo.tag("twice", tag, message="tag of a tag")
    found["two"] = repo.commit({"app/b.yaml": "b: 2\n"})
    repo.tag("v1.2.0", message="release")
    repo.point("refs/pull/1/head", found["two"])
    repo.point("refs/heads/feature/x/y", found["one"])
    found["three"] = repo.commit({"app/c.yaml": "c: 3\n"})
    return found


REVISIONS = [
    ({"branch": "main"}, "main@sha1:", "three"),
    ({"branch": "feature/x/y"}, "feature/x/y@sha1:", "one"),
    ({"tag": "light"}, "light@sha1:", "one"),
    ({"tag": "annotated"}, "annotated@sha1:", "one"),
    ({"tag": "twice"}, "twice@sha1:", "one"),
    ({"semver": ">=1.0.0"}, "v1.2.0@sha1:", "two"),
    ({"name": "refs/pull/1/head"}, "refs/pull/1/head@sha1:", "two"),
    ({"name": "refs/heads/main"}, "refs/heads/main@sha1:", "three"),
    ({"name": "refs/tags/annotated"}, "refs/tags/annotated@sha1:", "one"),
    ({"name": "refs/tags/annotated^{}"}, "refs/tags/annotated^{}@sha1:", "one"),
    ({"name": "HEAD"}, "HEAD@sha1:", "three"),
    ({"tag": "light", "branch": "main"}, "light@sha1:", "one"),
    ({"semver": "1.x", "tag": "light"}, "v1.2.0@sha1:", "two"),
    ({"name": "refs/pull/1/head", "semver": "1.x"}, "refs/pull/1/head@sha1:", "two"),
]


@pytest.mark.parametrize(("spec", "prefix", "commit"), REVISIONS)
async def test_a_reference_becomes_the_revision_that_flux_writes(
    spec: dict[str, str],
    prefix: str,
    commit: str,
    commits: dict[str, str],
    cache: GitCache,
    remote: Remote,
) -> None:
    checkout = await cache.fetch(remote, Reference.from_spec(spec))
    assert checkout.revision.text == prefix + commits[commit]
    assert checkout.commit.id == commits[commit]


@pytest.mark.parametrize(
    ("more", "prefix"),
    [
        ({}, ""),
        ({"branch": "main"}, "main@"),
        ({"tag": "light", "semver": "1.x"}, ""),
        ({"name": "refs/heads/main", "branch": "other"}, "refs/heads/main@"),
    ],
)
async def test_a_commit_goes_before_all_else(
    more: dict[str, str], prefix: str, commits: dict[str, str], cache: GitCache, remote: Remote
) -> None:
    checkout = await cache.fetch(remote, Reference(commit=commits["one"], **more))
    assert checkout.revision.text == f"{prefix}sha1:{commits['one']}"


MISSING = [
    ({}, 'couldn\'t find remote ref "refs/heads/master"'),
    ({"branch": "nope"}, 'couldn\'t find remote ref "refs/heads/nope"'),
    ({"tag": "nope"}, 'couldn\'t find remote ref "refs/tags/nope"'),
    ({"semver": ">9"}, "no match found for semver: >9"),
    ({"name": "refs/x"}, "unable to resolve ref 'refs/x' to a specific commit"),
    (
        {"commit": "0" * 40},
        f"unable to resolve commit object for '{'0' * 40}': object not found",
    ),
]


@pytest.mark.parametrize(("spec", "cause"), MISSING)
async def test_what_is_not_there_is_named(
    spec: dict[str, str], cause: str, cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    with pytest.raises(GitError) as caught:
        await cache.fetch(remote, Reference.from_spec(spec))
    assert caught.value.cause == cause
    assert caught.value.trouble == "unknown-ref"
    assert caught.value.subject == str(repo.path)


IMPOSSIBLE = [
    ({"commit": "abc"}, "'abc' is not a full commit id"),
    ({"name": "/refs/x"}, "ref /refs/x is invalid"),
    ({"semver": "bogus"}, "semver parse error: improper constraint"),
]


@pytest.mark.parametrize(("spec", "cause"), IMPOSSIBLE)
async def test_what_can_never_be_there_is_refused_before_asking(
    spec: dict[str, str], cause: str, cache: GitCache
) -> None:
    with pytest.raises(InputError, match=cause):
        await cache.resolve(Remote.at("https://127.0.0.1:1/x"), Reference.from_spec(spec))


async def test_an_empty_repository_is_said_to_be_empty(
    cache: GitCache, repo: GitRepo, remote: Remote
) -> None:
    repo.remove("refs/heads/main")
    with pytest.raises(GitError, match="git repository is empty"):
        await cache.resolve(remote, Reference(branch="main"))


async def test_of_tags_that_are_the_same_version_the_newest_commit_counts(
    cache: GitCache, repo: GitRepo, remote: Remote
) -> None:
    repo.tag("1.0.0+zz")
    newest = repo.commit({"b": "b"})
    repo.tag("1.0.0+aa")
    revision = await cache.resolve(remote, Reference(semver="1.0.x"))
    assert revision.text == f"1.0.0+aa@sha1:{newest}"


@pytest.mark.parametrize(
    "text", ["main@sha1:" + "a" * 40, "feature/x@sha1:" + "b" * 40, "sha1:" + "c" * 40]
)
def test_a_recorded_revision_reads_back(text: str) -> None:
    assert Revision.parse(text).text == text
