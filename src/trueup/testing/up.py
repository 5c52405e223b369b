"""``trueup up`` as a child process: started, asked, stopped, or killed."""

from __future__ import annotations

from pathlib import Path

from trueup.testing.home import Home


class Up(Home):
    """One ``trueup up`` with its state in ``folder/data`` and its log in ``folder/log``."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.data = folder / "data"
        arguments = ("up", "--data", str(self.data), *options)
        super().__init__(folder / "log", *arguments, sign="Trueup is up at")

    @property
    def kubeconfig(self) -> Path:
        return self.data / "kubeconfig"
