"""PGP, by the gpg program in a home of its own, which is gone with its agent at the end."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from trueup.errors import DecryptionError
from trueup.keys.material import KeyMaterial
from trueup.render.sops import MasterKey

_SECONDS = 60.0


def opener(material: KeyMaterial) -> Gpg:
    return Gpg(material.pgp, own_home=material.own_gpg_home and not material.pgp)


class Gpg:
    """``keys`` are imported when the first data key is asked for.

    ``own_home``: gpg's home of whoever runs this, with its agent, which may ask for a passphrase.
    """

    def __init__(self, keys: Sequence[bytes], *, own_home: bool = False) -> None:
        self._keys = keys
        self._own_home = own_home
        self._home: Path | None = None

    def __call__(self, key: MasterKey) -> bytes:
        if not self._keys and not self._own_home:
            raise DecryptionError("there is no PGP key here")
        if self._home is None and not self._own_home:
            self._home = self._make_home()
        return self._run("--decrypt", content=key.enc.encode())

    def close(self) -> None:
        if self._home is not None:
            self._stop_agent(self._home)
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def _make_home(self) -> Path:
        """In a short path: the agent's socket lies there."""
        self._home = Path(tempfile.mkdtemp(prefix="trueup-gpg-"))
        for key in self._keys:
            self._run("--import", content=key)
        return self._home

    def _run(self, action: str, *, content: bytes) -> bytes:
        options = ["--batch", "--no-tty", "--quiet", "--no-permission-warning"]
        if self._home is not None:
            options += ["--homedir", str(self._home), "--pinentry-mode", "loopback"]
            options += ["--passphrase", ""]
        try:
            run = subprocess.run(  # noqa: S603 - no shell, and no argument of other people's
                [_program("gpg"), *options, action],
                input=content,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DecryptionError(f"gpg took longer than {_SECONDS:.0f} s") from None
        if run.returncode:
            raise DecryptionError(_reason(run.stderr.decode(errors="replace")))
        return run.stdout

    def _stop_agent(self, home: Path) -> None:
        subprocess.run(  # noqa: S603 - no shell, and no argument of other people's
            [_program("gpgconf"), "--homedir", str(home), "--kill", "all"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise DecryptionError(
            f"needs {name}, which is not installed", next_step="install GnuPG, or encrypt with age"
        )
    return found


def _reason(said: str) -> str:
    """gpg's last word, without where its home is."""
    lines = [line for line in said.splitlines() if line.startswith("gpg: ")]
    if any("No secret key" in line for line in lines):
        return "its private key is not here"
    if any("Bad passphrase" in line or "Inappropriate ioctl" in line for line in lines):
        return "the private key has a passphrase"
    return lines[-1].removeprefix("gpg: ") if lines else "gpg failed"
