"""PGP by gpg: in a home of its own, of which nothing is left."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from trueup.errors import DecryptionError
from trueup.keys import KeyMaterial, KeyRing
from trueup.keys.pgp import Gpg
from trueup.render.sops import Format, MasterKey, decrypt

CASE = Path(__file__).parents[2] / "cases" / "parity" / "sops" / "keys" / "pgp" / "input"
SEALED = (CASE / "p.yaml").read_bytes()


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    if shutil.which("gpg") is None:
        pytest.skip("no gpg here: install GnuPG")
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # a socket's path must be short
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def ring() -> Iterator[KeyRing]:
    with KeyRing(KeyMaterial(pgp=((CASE / "secring.gpg").read_bytes(),))) as found:
        yield found


def test_a_private_key_opens_a_file(ring: KeyRing) -> None:
    assert b"password: correct horse" in decrypt(SEALED, Format.YAML, ring).content


def test_nothing_is_left_of_the_key(temporary: Path, ring: KeyRing) -> None:
    decrypt(SEALED, Format.YAML, ring)
    ring.close()
    agents = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert (list(temporary.iterdir()), str(temporary) in agents.stdout) == ([], False)


def test_another_key_is_told(temporary: Path) -> None:
    with pytest.raises(DecryptionError, match="there is no PGP key here"):
        decrypt(SEALED, Format.YAML, KeyRing(KeyMaterial()))


def test_what_is_no_key_is_refused() -> None:
    gpg = Gpg((b"no key",))
    with pytest.raises(DecryptionError, match="no valid OpenPGP data found"):
        gpg(MasterKey("pgp", "", {"fp": "F"}))
    gpg.close()
