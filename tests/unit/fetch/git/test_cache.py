"""The cache on disk: shared, bounded, and made anew by itself when it is damaged."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trueup.fetch.git import GitCache, GitError, Reference, Remote
from trueup.testing.git import GitRepo

MAIN = Reference(branch="main")


def store(cache: GitCache) -> Path:
    return next(cache.root.glob("*.git"))


async def test_many_who_want_one_url_at_once_cause_one_fetch(
    cache: GitCache, remote: Remote
) -> None:
    checkouts = await asyncio.gather(*(cache.fetch(remote, MAIN) for _ in range(20)))
    assert len({checkout.revision.text for checkout in checkouts}) == 1
    assert len(list(store(cache).glob("objects/pack/*.pack"))) == 1


async def test_two_processes_share_one_folder(cache: GitCache, remote: Remote) -> None:
    caches = [GitCache(cache.root) for _ in range(5)]
    checkouts = await asyncio.gather(*(each.fetch(remote, MAIN) for each in caches))
    assert all(checkout.tree.is_file("app/a.yaml") for checkout in checkouts)


async def test_there_is_no_work_tree_and_no_history(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    first = str(repo.repository.references["refs/heads/main"].target)
    repo.commit({"app/a.yaml": "a: 2\n"})
    await cache.fetch(remote, MAIN)
    assert not (store(cache) / "app").exists()
    assert not cache.store_of(remote).objects.has(first)


def lose_objects(folder: Path) -> None:
    shutil.rmtree(folder / "objects")


def truncate_packs(folder: Path) -> None:
    for pack in folder.glob("objects/pack/*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(pack.read_bytes()[:40])


def scramble_packs(folder: Path) -> None:
    for pack in folder.glob("objects/pack/*.pack"):
        pack.chmod(0o600)
        content = bytearray(pack.read_bytes())
        content[20:60] = b"\xff" * 40
        pack.write_bytes(content)


def lose_packs(folder: Path) -> None:
    shutil.rmtree(folder / "objects" / "pack")


def lose_config(folder: Path) -> None:
    (folder / "config").write_text("[core\nnonsense")


def lose_head(folder: Path) -> None:
    (folder / "HEAD").unlink()


def leave_locks(folder: Path) -> None:
    (folder / "shallow.lock").touch()
    (folder / "objects" / "pack" / "tmp_pack_x").touch()


def scramble_shallow(folder: Path) -> None:
    (folder / "shallow").write_text("nonsense\n")


DAMAGES = [
    lose_objects,
    truncate_packs,
    scramble_packs,
    lose_packs,
    lose_config,
    lose_head,
    leave_locks,
    scramble_shallow,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=[each.__name__ for each in DAMAGES])
async def test_a_damaged_cache_is_made_anew_by_itself(
    damage: object, cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    await cache.fetch(remote, MAIN)
    assert callable(damage)
    damage(store(cache))
    repo.commit({"app/b.yaml": "b: 1\n"})
    fresh = GitCache(cache.root)
    checkout = None
    for _ in range(2):  # the first try may only find out
        try:
            checkout = await fresh.fetch(remote, MAIN)
            found = checkout.tree.read("app/a.yaml"), checkout.tree.read("app/b.yaml")
            break
        except Exception as error:
            seen = error
    else:
        raise seen
    assert found == (b"a: 1\n", b"b: 1\n")


async def test_a_cache_that_is_lost_altogether_is_no_matter(
    cache: GitCache, remote: Remote
) -> None:
    await cache.fetch(remote, MAIN)
    shutil.rmtree(cache.root)
    assert (await GitCache(cache.root).fetch(remote, MAIN)).tree.is_file("app/a.yaml")


KILLED = """
import asyncio, sys
from pathlib import Path
from trueup.fetch.git import GitCache, Reference, Remote
remote = Remote.at(sys.argv[2], timeout=30)
asyncio.run(GitCache(Path(sys.argv[1])).fetch(remote, Reference(branch="main")))
"""


async def test_a_kill_in_the_middle_of_a_fetch_leaves_a_cache_that_works(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    command = [sys.executable, "-c", KILLED, str(cache.root), repo.url]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    while not list(cache.root.glob("*.git/objects")) and process.poll() is None:
        await asyncio.sleep(0)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert (await cache.fetch(remote, MAIN)).tree.read("app/a.yaml") == b"a: 1\n"


async def test_a_fetch_that_is_too_large_is_refused_and_says_so(
    tmp_path: Path, remote: Remote, repo: GitRepo
) -> None:
    repo.commit({"big": os.urandom(300_000)})
    small = GitCache(tmp_path / "small", max_bytes=100_000)
    with pytest.raises(GitError) as caught:
        await small.fetch(remote, MAIN)
    assert caught.value.trouble == "too-large"
    assert not list((tmp_path / "small").glob("*.git/objects/pack/*.pack"))


async def test_what_is_not_used_is_swept_away_and_what_is_held_stays(
    cache: GitCache, remote: Remote, repo: GitRepo, tmp_path: Path
) -> None:
    other = GitRepo(tmp_path / "other.git")
    other.commit({"x": "1"})
    held = await cache.fetch(remote, MAIN)
    await cache.fetch(Remote.at(other.url), MAIN)
    long_ago = time.time() - 30 * 86400
    for lock in cache.root.glob("*.lock"):
        os.utime(lock, (long_ago, long_ago))
    await cache.sweep()
    assert len(list(cache.root.glob("*.git"))) == 1
    assert held.tree.is_file("app/a.yaml")


async def test_nothing_is_known_of_a_url_that_was_never_fetched(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    revision = await cache.resolve(remote, MAIN)
    assert await cache.open(repo.url, revision) is None


async def test_a_listing_is_shared_for_as_long_as_the_caller_allows(
    cache: GitCache, remote: Remote, repo: GitRepo
) -> None:
    before = await cache.resolve(remote, MAIN)
    now = repo.commit({"app/b.yaml": "b: 1\n"})
    assert await cache.resolve(remote, MAIN, max_age=60) == before
    assert (await cache.resolve(remote, MAIN)).commit == now
