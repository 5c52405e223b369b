"""What the status of a GitRepository says: the same as source-controller's."""

from __future__ import annotations

from typing import Any

import pytest

from trueup.testing.git import GitRepo
from trueup.testing.source_world import SourceWorld, condition


def tip(repo: GitRepo) -> str:
    return str(repo.repository.references["refs/heads/main"].target)


async def test_a_good_source_says_which_revision_is_stored(
    world: SourceWorld, repo: GitRepo
) -> None:
    await world.create(repo.url)
    obj = await world.ready()
    message = f"stored artifact for revision 'main@sha1:{tip(repo)}'"
    stored = {"status": "True", "reason": "Succeeded", "message": message}
    assert condition(obj) == condition(obj, "ArtifactInStorage") == stored
    assert {each["type"] for each in obj["status"]["conditions"]} == {"Ready", "ArtifactInStorage"}
    assert obj["status"]["observedGeneration"] == obj["metadata"]["generation"] == 1


async def test_the_artifact_names_its_revision_digest_and_place(
    world: SourceWorld, repo: GitRepo
) -> None:
    await world.create(repo.url)
    artifact = (await world.ready())["status"]["artifact"]
    assert artifact["revision"] == f"main@sha1:{tip(repo)}"
    assert artifact["path"] == f"gitrepository/apps/web/{tip(repo)}"
    assert artifact["digest"] == (await world.artifact()).digest
    assert artifact["lastUpdateTime"].endswith("Z")


async def test_what_of_the_spec_made_the_artifact_is_observed(
    world: SourceWorld, repo: GitRepo
) -> None:
    await world.create(
        repo.url, ignore="*.md", sparseCheckout=["app"], recurseSubmodules=True, include=[]
    )
    status = (await world.ready())["status"]
    assert status["observedIgnore"] == "*.md"
    assert status["observedSparseCheckout"] == ["app"]
    assert status["observedRecurseSubmodules"] is True
    assert "observedInclude" not in status


async def test_a_defect_of_our_own_is_told(world: SourceWorld, repo: GitRepo) -> None:
    async def defective(*_: object, **__: object) -> None:
        raise KeyError("metadata")

    world.git.resolve = defective  # type: ignore[method-assign,assignment]
    await world.create(repo.url)
    told = condition(await world.failed())["message"]
    assert told.startswith("fetching failed for a reason unknown to Trueup (KeyError); report it")


async def test_the_finalizer_is_set_and_taken_away(world: SourceWorld, repo: GitRepo) -> None:
    await world.create(repo.url)
    obj = await world.ready()
    assert obj["metadata"]["finalizers"] == ["finalizers.fluxcd.io"]
    await world.delete()
    assert world.artifacts.get(world.ref()) is None


async def test_a_new_artifact_is_told_with_the_commits_subject(
    world: SourceWorld, repo: GitRepo
) -> None:
    await world.create(repo.url)
    event = await world.event("NewArtifact")
    assert event["message"] == "stored artifact for commit 'add a'"
    revision = event["metadata"]["annotations"]["source.toolkit.fluxcd.io/revision"]
    assert revision == f"main@sha1:{tip(repo)}"


async def test_waiting_for_another_source_is_no_warning(world: SourceWorld, repo: GitRepo) -> None:
    await world.create(repo.url, include=[{"repository": {"name": "gone"}}])
    assert (await world.event("NotFound"))["type"] == "Normal"


async def test_ssh_without_a_secret_is_refused_before_anybody_is_asked(world: SourceWorld) -> None:
    await world.create("ssh://git@127.0.0.1:1/app.git")
    ready = condition(await world.failed())
    assert ready["reason"] == "AuthenticationFailed"
    assert "invalid 'ssh' auth option: 'identity' is required" in ready["message"]


FAILURES: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"ref": {"branch": "nope"}},
        "FetchFailed",
        "GitOperationFailed",
        "failed to checkout and determine revision: ",
    ),
    (
        {"ref": {"semver": "bogus"}},
        "FetchFailed",
        "GitOperationFailed",
        "failed to checkout and determine revision: semver parse error",
    ),
    (
        {"secretRef": {"name": "gone"}},
        "FetchFailed",
        "AuthenticationFailed",
        "failed to get secret 'apps/gone'",
    ),
    (
        {"proxySecretRef": {"name": "gone"}},
        "FetchFailed",
        "AuthenticationFailed",
        "failed to get secret 'apps/gone'",
    ),
    (
        {"sparseCheckout": ["app", "gone"]},
        "FetchFailed",
        "GitOperationFailed",
        "failed to sparse checkout directories : sparse checkout dir 'gone' does not exist",
    ),
    (
        {"include": [{"repository": {"name": "gone"}}]},
        "IncludeUnavailable",
        "NotFound",
        (
            "could not get resource for include 'gone':"
            ' GitRepository.source.toolkit.fluxcd.io "gone" not found'
        ),
    ),
]


@pytest.mark.parametrize(("spec", "kind", "reason", "message"), FAILURES)
async def test_a_failure_is_told_and_tried_again(
    spec: dict[str, Any], kind: str, reason: str, message: str, world: SourceWorld, repo: GitRepo
) -> None:
    await world.create(repo.url, **spec)
    obj = await world.failed()
    ready, cause = condition(obj), condition(obj, kind)
    assert (cause["status"], cause["reason"]) == ("True", reason)
    assert cause["message"].startswith(message)
    assert (ready["reason"], ready["message"]) == (reason, cause["message"])
    assert condition(obj, "Reconciling")["reason"] == "ProgressingWithRetry"
    assert obj["status"].get("observedGeneration", -1) == -1


STALLED = [
    ({"provider": "azure"}, "InvalidProviderConfiguration", "provider 'azure' is not supported"),
    ({"url": "https://"}, "URLInvalid", "failed to parse url: "),
]


@pytest.mark.parametrize(("spec", "reason", "message"), STALLED)
async def test_what_only_a_new_spec_can_help_is_stalled(
    spec: dict[str, Any], reason: str, message: str, world: SourceWorld, repo: GitRepo
) -> None:
    await world.create(**({"url": repo.url} | spec))
    obj = await world.failed()
    assert condition(obj, "Stalled")["reason"] == condition(obj)["reason"] == reason
    assert condition(obj)["message"].startswith(message)
    assert condition(obj, "Reconciling")["status"] == ""
    assert obj["status"]["observedGeneration"] == 1


async def test_an_empty_repository_is_told_as_such(world: SourceWorld, repo: GitRepo) -> None:
    repo.remove("refs/heads/main")
    await world.create(repo.url)
    told = condition(await world.failed(), "FetchFailed")
    assert (told["reason"], told["message"]) == ("EmptyGitRepository", "git repository is empty")


async def test_the_last_good_artifact_outlives_a_failure(world: SourceWorld, repo: GitRepo) -> None:
    await world.create(repo.url)
    good = (await world.ready())["status"]["artifact"]
    repo.remove("refs/heads/main")
    obj = await world.request("now")
    assert condition(obj)["status"] == "False"
    assert condition(obj, "ArtifactInStorage")["status"] == "True"
    assert obj["status"]["artifact"] == good
    assert world.artifacts.get(world.ref()) is not None


async def test_a_recovery_is_told(world: SourceWorld, repo: GitRepo) -> None:
    await world.create(repo.url)
    await world.ready()
    before = tip(repo)
    repo.remove("refs/heads/main")
    await world.request("one")
    repo.point("refs/heads/main", before)
    assert condition(await world.request("two"))["status"] == "True"
    assert (await world.event("Succeeded"))["message"].startswith("stored artifact for commit")


async def test_a_suspended_source_answers_requests_and_does_nothing(
    world: SourceWorld, repo: GitRepo
) -> None:
    await world.create(repo.url)
    before = (await world.ready())["status"]
    await world.change(suspend=True)
    repo.commit({"app/b.yaml": "b: 1\n"})
    after = (await world.request("now"))["status"]
    assert (after["artifact"], after["observedGeneration"]) == (before["artifact"], 2)
