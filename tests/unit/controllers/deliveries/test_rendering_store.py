"""What is kept of renderings on disk, and what is rather made anew; restarts are in test_restarts."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.controllers.deliveries import rendering_store
from trueup.controllers.deliveries.rendering_store import RenderingStore
from trueup.flow import Controls, Desired, Rendering, Stage, Write
from trueup.objects import ObjectRef
from trueup.tree import Reads

APP = ObjectRef("example.com", "Delivery", "team", "app")
READS: Reads = {("content", "a.yaml"): "file 12", ("kind", "b.yaml"): None}


@pytest.fixture
def store(tmp_path: Path) -> RenderingStore:
    return RenderingStore(tmp_path / "renderings")


def rendering(name: str = "a", confidential: tuple[str, ...] = ()) -> Rendering:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    desired = Desired.of(manifest, Controls(write=Write.IF_NOT_PRESENT, prune=False))
    return Rendering((Stage("all", (desired,), 3.0),), "digest", confidential)


def files(folder: Path) -> list[Path]:
    return list((folder / "renderings").glob("*"))


def test_what_was_saved_is_loaded(store: RenderingStore) -> None:
    store.save(APP, "key", READS, rendering())
    assert store.load(APP, "key") == (READS, rendering())


def test_another_key_finds_nothing(store: RenderingStore) -> None:
    store.save(APP, "key", READS, rendering())
    assert store.load(APP, "other") is None


def test_what_another_program_rendered_counts_for_nothing(
    store: RenderingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(APP, "key", READS, rendering())
    monkeypatch.setattr(rendering_store, "program", lambda: "another")
    assert store.load(APP, "key") is None


@pytest.mark.parametrize("left", [0, 10, 40, 200], ids="{} bytes are left".format)
def test_a_file_that_was_cut_short_counts_for_nothing(
    store: RenderingStore, tmp_path: Path, left: int
) -> None:
    store.save(APP, "key", READS, rendering())
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:left])
    assert store.load(APP, "key") is None


def test_what_is_confidential_is_not_written(store: RenderingStore, tmp_path: Path) -> None:
    store.save(APP, "key", READS, rendering())
    store.save(APP, "key", READS, rendering(confidential=("hunter2",)))
    assert files(tmp_path) == []


def test_only_their_owner_may_read_the_files(store: RenderingStore, tmp_path: Path) -> None:
    store.save(APP, "key", READS, rendering())
    (file,) = files(tmp_path)
    assert [file.stat().st_mode & 0o77, file.parent.stat().st_mode & 0o77] == [0, 0]


def test_a_path_that_is_no_utf_8_is_rendered_anew(store: RenderingStore, tmp_path: Path) -> None:
    store.save(APP, "key", {("content", "\udcff.yaml"): None}, rendering())
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_costs_a_rendering_only(tmp_path: Path) -> None:
    (tmp_path / "renderings").write_text("in the way")
    store = RenderingStore(tmp_path / "renderings")
    store.save(APP, "key", READS, rendering())
    assert store.load(APP, "key") is None


def test_the_files_together_stay_within_the_bound(tmp_path: Path) -> None:
    store = RenderingStore(tmp_path / "renderings", max_bytes=4000)
    for number in range(40):
        store.save(ObjectRef("", "Delivery", "", f"d{number}"), "key", READS, rendering())
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 4000
