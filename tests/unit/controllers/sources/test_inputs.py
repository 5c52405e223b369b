"""What a source depends on besides its remote: Secrets, other sources, signatures."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trueup.testing.git import GitRepo, authorized_key, ssh_signer
from trueup.testing.source_world import SourceWorld, condition


async def test_a_secret_that_appears_is_seen_at_once(world: SourceWorld, repo: GitRepo) -> None:
    await world.create(repo.url, secretRef={"name": "login"})
    await world.failed()
    await world.secret("login", {"username": "me", "password": "x"})
    assert condition(await world.ready())["reason"] == "Succeeded"


async def test_a_password_without_a_user_is_refused_without_showing_it(
    world: SourceWorld, repo: GitRepo
) -> None:
    await world.secret("login", {"password": "secret-1"})
    await world.create("https://127.0.0.1:1/x", secretRef={"name": "login"})
    told = condition(await world.failed())
    assert told["reason"] == "AuthenticationFailed"
    assert "secret-1" not in told["message"]


async def test_a_password_in_the_url_is_not_shown(world: SourceWorld) -> None:
    await world.create("https://me:secret-1@127.0.0.1:1/x")
    obj = await world.failed()
    event = await world.event("GitOperationFailed")
    assert "secret-1" not in str(obj["status"]) + event["message"]


async def test_local_paths_need_leave(folder: Path, repo: GitRepo) -> None:
    async with SourceWorld(folder, allow_local=False).running() as world:
        await world.create(repo.url)
        told = condition(await world.failed(), "Stalled")
        assert told["reason"] == "URLInvalid"
        assert "--allow-local-sources" in told["message"]


async def test_another_source_is_laid_into_the_tree(world: SourceWorld, repo: GitRepo) -> None:
    await world.create(repo.url, name="base")
    await world.ready("base")
    include = [{"repository": {"name": "base"}, "fromPath": "app", "toPath": "vendor"}]
    await world.create(repo.url, include=include)
    status = (await world.ready())["status"]
    assert (await world.artifact()).tree.read("vendor/a.yaml") == b"a: 1\n"
    assert status["observedInclude"] == include
    base = await world.artifact(name="base")
    assert [each["digest"] for each in status["includedArtifacts"]] == [base.digest]


async def test_a_change_of_what_is_included_is_followed_at_once(
    world: SourceWorld, repo: GitRepo
) -> None:
    await world.create(repo.url, name="base", ref={"branch": "base"})
    await world.create(repo.url, include=[{"repository": {"name": "base"}}])
    assert condition(await world.failed(), "IncludeUnavailable")["reason"] == "NoArtifact"
    repo.commit({"new.yaml": "1"}, branch="base")
    await world.request("now", "base")
    await world.ready()
    assert (await world.artifact()).tree.read("base/new.yaml") == b"1"


async def verified(world: SourceWorld, repo: GitRepo, signed_by: str, mode: str) -> None:
    key = Ed25519PrivateKey.generate()
    signer = ssh_signer(key if signed_by == "them" else Ed25519PrivateKey.generate())
    repo.commit({"app/b.yaml": "b: 1\n"}, signer=signer)
    repo.tag("v1", signer=signer)
    await world.secret("keys", {"me.sshpub": authorized_key(key)})
    verify = {"mode": mode, "secretRef": {"name": "keys"}}
    await world.create(repo.url, ref={"tag": "v1"}, verify=verify)


async def test_good_signatures_are_told_with_their_key(world: SourceWorld, repo: GitRepo) -> None:
    await verified(world, repo, "them", "TagAndHEAD")
    obj = await world.ready()
    told = condition(obj, "SourceVerified")
    assert (told["status"], told["reason"]) == ("True", "Succeeded")
    assert told["message"].startswith("verified signature of\n\t- tag 'v1@")
    assert told["message"].count("with key 'SHA256:") == 2
    assert obj["status"]["sourceVerificationMode"] == "TagAndHEAD"


async def test_the_signature_of_a_stranger_is_refused(world: SourceWorld, repo: GitRepo) -> None:
    await verified(world, repo, "a stranger", "HEAD")
    obj = await world.failed()
    told = condition(obj, "SourceVerified")
    assert (told["status"], told["reason"]) == ("False", "InvalidCommitSignature")
    assert condition(obj) == told
    assert world.artifacts.get(world.ref()) is None


async def test_a_tag_cannot_be_verified_where_none_is_named(
    world: SourceWorld, repo: GitRepo
) -> None:
    await world.secret("keys", {"me.sshpub": "x"})
    await world.create(repo.url, verify={"mode": "Tag", "secretRef": {"name": "keys"}})
    told = condition(await world.failed(), "Stalled")
    assert told["reason"] == "InvalidVerificationMode"


async def test_a_tag_that_is_not_signed_is_refused(world: SourceWorld, repo: GitRepo) -> None:
    repo.tag("v1", message="not signed")
    await world.secret("keys", {"me.sshpub": "x"})
    verify = {"mode": "Tag", "secretRef": {"name": "keys"}}
    await world.create(repo.url, ref={"tag": "v1"}, verify=verify)
    assert condition(await world.failed(), "SourceVerified")["reason"] == "InvalidGitObject"


async def test_a_good_signature_goes_on_being_told_while_nothing_changes(
    world: SourceWorld, repo: GitRepo
) -> None:
    await verified(world, repo, "them", "HEAD")
    before = condition(await world.ready(), "SourceVerified")
    assert condition(await world.request("now"), "SourceVerified") == before
