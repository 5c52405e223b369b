"""Repositories and URLs that mean harm, or are merely odd."""

from __future__ import annotations

import resource
import subprocess
import tempfile
from pathlib import Path

import pygit2
import pytest

from trueup.errors import InputError, TreeError
from trueup.fetch.git import Credentials, GitCache, GitError, Reference, Remote
from trueup.fetch.git.submodules import Submodule, remote_of
from trueup.testing.git import GitRepo, link_to, submodule_at

MAIN = Reference(branch="main")

URLS = [
    "ext::sh -c touch% /tmp/pwned",
    "--upload-pack=touch /tmp/pwned",
    "-oProxyCommand=touch",
    "git://example.com/x",
    "ftp://example.com/x",
    "fd::17/x",
    "user@example.com:x.git",
    "https://example.com/x\nHost: y",
    "https://",
    "relative/path",
    "",
]


@pytest.mark.parametrize("url", URLS)
def test_a_url_that_is_none_is_refused_before_git_sees_it(url: str) -> None:
    with pytest.raises(InputError):
        Remote.at(url)


SSH_HOSTS = ["ssh://-oProxyCommand=touch${IFS}x/y", "ssh://git@-oProxyCommand=x/y"]


@pytest.mark.parametrize("url", SSH_HOSTS)
async def test_an_ssh_host_is_never_taken_for_an_option(
    url: str, cache: GitCache, tmp_path: Path
) -> None:
    with pytest.raises((InputError, GitError)):
        await cache.fetch(Remote.at(url, Credentials(identity=b"x", known_hosts=b"y")), MAIN)


REFERENCES = [
    Reference(branch="--upload-pack=touch x"),
    Reference(tag="-x"),
    Reference(name="--exec=x"),
    Reference(branch="main:refs/heads/other"),
    Reference(branch="*"),
]


@pytest.mark.parametrize("reference", REFERENCES)
async def test_a_reference_is_only_ever_a_name(
    reference: Reference, cache: GitCache, remote: Remote
) -> None:
    with pytest.raises(GitError) as caught:
        await cache.fetch(remote, reference)
    assert caught.value.trouble == "unknown-ref"


async def test_settings_and_hooks_of_this_machine_take_no_part(
    cache: GitCache, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "ran"
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f'[core]\n\tsshCommand = touch {marker}\n[url "ext::touch {marker} "]\n'
        "\tinsteadOf = file://\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_SSH_COMMAND", f"touch {marker}")
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    await cache.fetch(remote, MAIN)
    assert not marker.exists()


async def test_a_repository_from_the_network_cannot_name_local_submodules() -> None:
    parent = Remote.at("https://example.com/x.git")
    for url in ("/etc", "file:///etc"):
        with pytest.raises(GitError, match="names a local path"):
            remote_of(Submodule("lib", url), parent)


def test_credentials_go_only_to_submodules_on_the_same_host() -> None:
    parent = Remote.at("https://example.com/a/x.git", Credentials("me", "secret"))
    same = remote_of(Submodule("lib", "../y.git"), parent)
    other = remote_of(Submodule("lib", "https://elsewhere.com/y.git"), parent)
    port = remote_of(Submodule("lib", "https://example.com:8443/y.git"), parent)
    assert (same.url.text, same.credentials.password) == ("https://example.com/a/y.git", "secret")
    assert other.credentials.password == port.credentials.password == ""


async def test_a_submodule_cannot_lie_outside_of_the_tree(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    modules = '[submodule "x"]\n\tpath = ../../outside\n\turl = ../repo.git\n'
    repo.commit({".gitmodules": modules, "lib": submodule_at("a" * 40)})
    with pytest.raises((TreeError, GitError)):
        (await cache.fetch(remote, MAIN, submodules=True)).tree.read("../../outside/x")


async def test_links_are_followed_within_the_tree_and_never_out_of_it(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    repo.commit({"in": link_to("app/a.yaml"), "out": link_to("../x"), "abs": link_to("/etc/hosts")})
    tree = (await cache.fetch(remote, MAIN)).tree
    assert tree.read("in") == b"a: 1\n"
    for name in ("out", "abs"):
        with pytest.raises(TreeError, match="symlink leaves its tree"):
            tree.read(name)


async def test_names_that_are_not_utf8_can_be_listed_and_read(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    raw = repo.repository
    blob = raw.create_blob(b"odd")
    data = b"100644 caf\xe9.yaml\x00" + bytes(blob.raw)
    tree_id = raw.write(pygit2.enums.ObjectType.TREE, data)
    who = pygit2.Signature("x", "x@example.com", 1_700_000_000, 0)
    commit = raw.create_commit(None, who, who, "odd", tree_id, [])
    repo.point("refs/heads/main", str(commit))
    tree = (await cache.fetch(remote, MAIN)).tree
    (entry,) = tree.entries()
    assert entry.name.encode("utf-8", "surrogateescape") == b"caf\xe9.yaml"
    assert tree.read(entry.name) == b"odd"


async def test_names_that_git_itself_would_refuse_are_not_there(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    raw = repo.repository
    blob = bytes(raw.create_blob(b"bad").raw)
    data = b"100644 ..\x00" + blob + b"100644 .git\x00" + blob + b"100644 ok\x00" + blob
    tree_id = raw.write(pygit2.enums.ObjectType.TREE, data)
    who = pygit2.Signature("x", "x@example.com", 1_700_000_000, 0)
    repo.point("refs/heads/main", str(raw.create_commit(None, who, who, "bad", tree_id, [])))
    tree = (await cache.fetch(remote, MAIN)).tree
    assert ".." not in [entry.name for entry in tree.entries()]


async def test_pointers_of_lfs_are_left_as_they_are(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"
    repo.commit({".gitattributes": "*.bin filter=lfs\n", "x.bin": pointer})
    assert (await cache.fetch(remote, MAIN)).tree.read("x.bin").decode() == pointer


async def test_a_repository_with_sha256_is_clearly_refused(cache: GitCache, tmp_path: Path) -> None:
    work = tmp_path / "work"
    me = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    init = ("init", "-q", "--object-format=sha256", "-b", "main", str(work))
    commit = ("-C", str(work), *me, "commit", "-q", "--allow-empty", "-m", "first")
    for command in (init, commit):
        subprocess.run(["git", *command], check=True)
    with pytest.raises(GitError, match="SHA-256"):
        await cache.fetch(Remote.at(str(work)), MAIN)


async def test_a_file_that_is_too_large_is_an_error_when_it_is_read(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    repo.commit({"big": b"0" * (32 * 1024 * 1024 + 1)})
    tree = (await cache.fetch(remote, MAIN)).tree
    with pytest.raises(TreeError, match="larger than"):
        tree.read("big")


async def test_a_machine_that_can_open_no_more_files_is_named_and_nothing_is_left_behind(
    cache: GitCache, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, limits[1]))
    try:
        with pytest.raises(GitError, match="git cannot be run: Too many open files"):
            await cache.resolve(remote, MAIN)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert list(temporary.iterdir()) == []
