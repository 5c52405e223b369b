"""Which programs the real API server of the tests is started from."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.testing.kube import NEEDED, KubeError, kube_programs, kube_server


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "trueup" / "kube"


def build(folder: Path, *names: str, text: str = "") -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(text)
        (folder / name).chmod(0o700)
    return folder


def test_the_newest_version_is_taken(cache: Path) -> None:
    build(cache / "v1.9.0", *NEEDED)
    newest = build(cache / "v1.10.1", *NEEDED)
    build(cache / "v1.10.0", *NEEDED)
    assert kube_programs() == newest


def test_a_version_that_is_not_built_to_the_end_is_passed_over(cache: Path) -> None:
    whole = build(cache / "v1.9.0", *NEEDED)
    build(cache / "v1.10.0", "etcd")
    assert kube_programs() == whole


def test_there_may_be_none(cache: Path) -> None:
    assert kube_programs() is None


def test_a_folder_that_is_named_counts_alone(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(cache / "v1.10.0", *NEEDED)
    named = build(tmp_path / "assets", *NEEDED)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(named))
    assert kube_programs() == named


async def test_a_program_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    programs = build(tmp_path / "bin", *NEEDED, text="#!/bin/sh\necho no port for me\nexit 1\n")
    with pytest.raises(KubeError, match="no port for me"):
        async with kube_server(tmp_path, programs):
            pass
