"""``trueup build --renderer flux --decrypt``: with whose keys, and what of it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.sealed import identity, sealed
from trueup.cli import main
from trueup.cli.decryption import own_keys
from trueup.errors import InputError
from trueup.objects import yaml

KEY, RECIPIENT = identity()
CANARY = "canary-b7f0"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Secret, a ConfigMap and a file of a generator, all with the same value."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    app = tmp_path / "app"
    app.mkdir()
    (app / "kustomization.yaml").write_text(
        "resources: [a.yaml, b.yaml]\nsecretGenerator: [{name: made, files: [c.json]}]\n"
    )
    for file, kind, field in (("a", "Secret", "stringData"), ("b", "ConfigMap", "data")):
        plain = {"apiVersion": "v1", "kind": kind, "metadata": {"name": file}}
        document = sealed({**plain, field: {"p": CANARY, "n": ""}}, RECIPIENT, only=(field,))
        (app / f"{file}.yaml").write_text(yaml.dump(document))
    (app / "c.json").write_text(json.dumps(sealed({"p": CANARY}, RECIPIENT)))
    (tmp_path / "key.txt").write_text(f"# mine\n{KEY}\n")
    return app


def build(folder: Path, *words: str | Path, env: Mapping[str, str] | None = None) -> Result:
    arguments = ["build", "--renderer", "flux", "--decrypt", str(folder), *map(str, words)]
    return CliRunner().invoke(main, arguments, env=env)


def objects(result: Result) -> list[Any]:
    assert result.exit_code == 0, result.output
    return yaml.load_all(result.stdout)


def test_decrypted_values_are_masked_in_whatever_kind(folder: Path) -> None:
    result = build(folder, "--sops-age-key-file", folder.parent / "key.txt")
    found = objects(result)
    assert [obj.get("stringData") or obj["data"] for obj in found] == [
        {"p": "**SOPS**", "n": ""},
        {"p": "**SOPS**", "n": ""},
        {"c.json": "KipTT1BTKio="},
    ]


def test_they_are_printed_when_that_is_asked_for(folder: Path) -> None:
    key = ("--sops-age-key-file", folder.parent / "key.txt")
    found = objects(build(folder, *key, "--show-secrets"))
    assert found[1]["data"] == {"p": CANARY, "n": ""}


def test_the_environment_names_keys_as_for_sops(folder: Path) -> None:
    assert objects(build(folder, env={"SOPS_AGE_KEY": KEY}))
    assert objects(build(folder, env={"SOPS_AGE_KEY_FILE": str(folder.parent / "key.txt")}))


def test_the_file_of_sops_in_the_users_configuration_counts(folder: Path) -> None:
    common = folder.parent / "config" / "sops" / "age"
    common.mkdir(parents=True)
    (common / "keys.txt").write_text(KEY)
    assert objects(build(folder))


def test_without_a_key_it_is_told_which_is_wanted(folder: Path) -> None:
    result = build(folder)
    assert result.exit_code == 1
    assert f"age {RECIPIENT}: there is no age identity here" in result.stderr


def test_without_being_asked_nothing_is_decrypted(folder: Path) -> None:
    result = CliRunner().invoke(main, ["build", "--renderer", "flux", str(folder)])
    assert "ENC[AES256_GCM" in result.stdout


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.txt: No such file"):
        own_keys(tmp_path / "gone.txt", {})
