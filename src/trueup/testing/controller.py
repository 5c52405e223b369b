"""``trueup controller`` as a child process, against a cluster."""

from __future__ import annotations

from pathlib import Path

from trueup.testing.home import Home


class Controller(Home):
    """The controllers on the cluster of ``kubeconfig``; cache and log lie in ``folder``."""

    def __init__(self, folder: Path, kubeconfig: Path, *options: str) -> None:
        self._kubeconfig = kubeconfig
        where = ("--kubeconfig", str(kubeconfig), "--cache", str(folder / "cache"))
        super().__init__(
            folder / "log", "controller", *where, *options, sign="Trueup's controllers run against"
        )

    @property
    def kubeconfig(self) -> Path:
        return self._kubeconfig
