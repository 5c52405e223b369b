"""``trueup controller`` as a child process, against a cluster."""

from __future__ import annotations

from pathlib import Path

from trueup.testing.child import Child


class Controller(Child):
    """The controllers on the cluster of ``kubeconfig``; cache and log lie in ``folder``."""

    def __init__(self, folder: Path, kubeconfig: Path, *options: str) -> None:
        where = ("--kubeconfig", str(kubeconfig), "--cache", str(folder / "cache"))
        super().__init__(
            folder / "log", "controller", *where, *options, sign="Trueup's controllers run against"
        )
