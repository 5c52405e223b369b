"""Renderings on disk, so that a restart renders nothing that did not change meanwhile.

One file a delivery, below a folder that may be lost, cut short or written by an older Trueup: what
does not check out counts as not there. What holds anything confidential is never written.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

import trueup
from trueup.flow import Controls, Desired, Rendering, Stage, Write
from trueup.objects import ObjectRef
from trueup.tree import Reads

log = logging.getLogger(__name__)

MAX_BYTES = 256 << 20
"""Of all files together; beyond, the ones that were written longest ago go."""


class RenderingStore:
    """The latest rendering of each delivery, below ``folder``."""

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._size: int | None = None

    def load(self, delivery: ObjectRef, key: str) -> tuple[Reads, Rendering] | None:
        """What ``save`` was given for the same ``key``, by this very program; else None."""
        try:
            digest, _, body = self._path(delivery).read_bytes().partition(b"\n")
            if digest != _checksum(body):
                return None
            saved = orjson.loads(body)
        except (OSError, ValueError):
            return None
        if saved["key"] != key or saved["program"] != program():
            return None
        reads = {(how, path): seen for how, path, seen in saved["reads"]}
        return reads, _rendering(saved["rendering"])

    def save(self, delivery: ObjectRef, key: str, reads: Reads, rendering: Rendering) -> None:
        """Keep ``rendering``; a disk that is full or gone costs a rendering later, nothing else."""
        if rendering.confidential or rendering.guarded:
            self.forget(delivery)
            return
        saved = {
            "key": key,
            "program": program(),
            "reads": [[how, path, seen] for (how, path), seen in reads.items()],
            "rendering": _saved(rendering),
        }
        try:
            body = orjson.dumps(saved)
            self._write(self._path(delivery), _checksum(body) + b"\n" + body)
        except orjson.JSONEncodeError:  # a path that is no UTF-8
            self.forget(delivery)
        except OSError as error:
            log.warning("cannot keep the rendering of %s: %s", delivery, error)

    def forget(self, delivery: ObjectRef) -> None:
        with contextlib.suppress(OSError):
            self._path(delivery).unlink()

    def _path(self, delivery: ObjectRef) -> Path:
        return self._folder / blake2b(str(delivery).encode(), digest_size=16).hexdigest()

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        staged = path.with_suffix(f".{os.getpid()}")
        staged.unlink(missing_ok=True)
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        staged.replace(path)
        if self._size is None:
            self._size = sum(size for _, size, _ in self._files())
        self._size += len(content)
        if self._size > self._max_bytes:
            self._sweep()

    def _sweep(self) -> None:
        """Leave room, so that not every write sweeps anew."""
        left = 0
        for _, size, path in sorted(self._files(), reverse=True):
            left += size
            if left > self._max_bytes * 3 // 4:
                left -= size
                path.unlink(missing_ok=True)
        self._size = left

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process sweeps too
                stat = path.stat()
                found.append((stat.st_mtime, stat.st_size, path))
        return found


@cache
def program() -> str:
    """Identifies the code that renders: Trueup's own, and every library beside it."""
    digest = blake2b(digest_size=16)
    root = Path(trueup.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\n".encode())
        digest.update(path.read_bytes())
    libraries = sorted(f"{found.name}=={found.version}" for found in metadata.distributions())
    digest.update("\n".join(libraries).encode())
    return digest.hexdigest()


def _checksum(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).hexdigest().encode()


def _saved(rendering: Rendering) -> dict[str, Any]:
    stages = [
        {
            "name": stage.name,
            "gate": stage.gate_seconds,
            "objects": [
                [desired.body.decode(), asdict(desired.controls)] for desired in stage.objects
            ],
        }
        for stage in rendering.stages
    ]
    return {"digest": rendering.digest, "stages": stages}


def _rendering(saved: Mapping[str, Any]) -> Rendering:
    stages = tuple(
        Stage(
            stage["name"],
            tuple(
                Desired.of(orjson.loads(body), _controls(controls))
                for body, controls in stage["objects"]
            ),
            stage["gate"],
        )
        for stage in saved["stages"]
    )
    return Rendering(stages, saved["digest"])


def _controls(saved: Mapping[str, Any]) -> Controls:
    return Controls(**{**saved, "write": Write(saved["write"])})
