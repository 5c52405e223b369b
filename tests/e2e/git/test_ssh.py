"""Over SSH, by a real ``sshd``: keys, host keys, and what a failure says."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trueup.fetch.git import Author, Credentials, GitCache, GitError, Reference, Remote, Stretch
from trueup.fetch.git import revert_and_push as push_revert
from trueup.testing.git import GitRepo, authorized_key
from trueup.testing.git_ssh import GitSshServer, openssh_private
from trueup.testing.patience import PATIENCE

MAIN = Reference(branch="main")


def remote(server: GitSshServer, path: Path, **changed: bytes | str) -> Remote:
    who = Credentials(identity=server.identity, known_hosts=server.known_hosts)
    return Remote.at(server.url(path), replace(who, **changed), timeout=PATIENCE)  # type: ignore[arg-type]


def with_passphrase(identity: bytes, passphrase: str, folder: Path) -> bytes:
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_bytes(identity)
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", passphrase, "-f", key], check=True)
    return key.read_bytes()


async def trouble_of(cache: GitCache, there: Remote) -> GitError:
    with pytest.raises(GitError) as caught:
        await cache.fetch(there, MAIN)
    return caught.value


async def test_a_key_opens_the_door(ssh: GitSshServer, repo: GitRepo, cache: GitCache) -> None:
    checkout = await cache.fetch(remote(ssh, repo.path), MAIN)
    assert checkout.tree.read("app/a.yaml") == b"a: 1\n"


async def test_a_key_with_a_passphrase_opens_it_too(
    ssh: GitSshServer, repo: GitRepo, cache: GitCache, tmp_path: Path
) -> None:
    locked = with_passphrase(ssh.identity, "pass phrase", tmp_path)
    there = remote(ssh, repo.path, identity=locked, password="pass phrase")
    assert (await cache.fetch(there, MAIN)).tree.is_file("app/a.yaml")


async def test_a_wrong_passphrase_is_told_without_it(
    ssh: GitSshServer, repo: GitRepo, cache: GitCache, tmp_path: Path
) -> None:
    locked = with_passphrase(ssh.identity, "right", tmp_path)
    error = await trouble_of(
        cache, remote(ssh, repo.path, identity=locked, password="wrong-secret")
    )
    assert (error.trouble, "wrong-secret" in str(error)) == ("auth", False)


async def test_an_unknown_key_is_refused(ssh: GitSshServer, repo: GitRepo, cache: GitCache) -> None:
    stranger = openssh_private(Ed25519PrivateKey.generate())
    error = await trouble_of(cache, remote(ssh, repo.path, identity=stranger))
    assert error.trouble == "auth"


async def test_a_host_whose_key_is_not_known_is_refused(
    ssh: GitSshServer, repo: GitRepo, cache: GitCache
) -> None:
    other = authorized_key(Ed25519PrivateKey.generate()).rpartition(" ")[0]
    known = f"elsewhere.example.com {other}\n".encode()
    error = await trouble_of(cache, remote(ssh, repo.path, known_hosts=known))
    assert error.trouble == "host-key"
    assert "known_hosts" in error.next_step


async def test_a_host_with_another_key_is_refused(
    ssh: GitSshServer, repo: GitRepo, cache: GitCache
) -> None:
    other = authorized_key(Ed25519PrivateKey.generate()).rpartition(" ")[0]
    known = f"[127.0.0.1]:{ssh.port} {other}\n".encode()
    error = await trouble_of(cache, remote(ssh, repo.path, known_hosts=known))
    assert error.trouble == "host-key"


async def test_a_repository_that_is_not_there_is_told(
    ssh: GitSshServer, repo: GitRepo, cache: GitCache
) -> None:
    error = await trouble_of(cache, remote(ssh, repo.path.with_name("gone.git")))
    assert error.trouble == "not-found"


async def test_a_revert_is_pushed(ssh: GitSshServer, repo: GitRepo, cache: GitCache) -> None:
    good = str(repo.repository.references["refs/heads/main"].target)
    bad = repo.commit({"app/a.yaml": "a: bad\n"})
    stretch = Stretch("main", good, bad, lambda _good, _bad: lambda path: True)
    me = Author("Me", "me@example.com")
    await push_revert(cache, remote(ssh, repo.path), stretch, me, lambda plan: "take back")
    assert repo.files("refs/heads/main") == {"app/a.yaml": b"a: 1\n"}
