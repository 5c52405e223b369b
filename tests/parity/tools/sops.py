"""``sops decrypt``. Its keys lie beside the file: ``age.txt``, ``ssh_key`` and ``secring.gpg``."""

from __future__ import annotations

import argparse

from tests.parity.cases import Case
from tests.parity.tools.tool import Tool
from trueup.keys import KeyMaterial, KeyRing
from trueup.render.sops import Format, decrypt, format_of_path


def _arguments(case: Case) -> list[str]:
    return ["decrypt", *case.flags, case.path]


def _trueup(case: Case) -> bytes:
    parser = argparse.ArgumentParser()
    for option in ("--input-type", "--output-type"):
        parser.add_argument(option, type=Format, default=format_of_path(case.path))
    given = parser.parse_args(case.flags)
    with KeyRing(_keys(case)) as ring:
        return decrypt(
            (case.input / case.path).read_bytes(),
            given.input_type,
            ring,
            output=given.output_type,
            source=case.path,
        ).content


def _keys(case: Case) -> KeyMaterial:
    age, ssh, pgp = (case.input / name for name in ("age.txt", "ssh_key", "secring.gpg"))
    return KeyMaterial(
        age=(age.read_text(),) if age.exists() else (),
        ssh=(ssh.read_bytes(),) if ssh.exists() else (),
        pgp=(pgp.read_bytes(),) if pgp.exists() else (),
    )


TOOL = Tool("sops", _arguments, _trueup, suffix=".txt")
