"""Deliveries with encrypted files: live when the key is there, a clear word when it is not.

What SOPS makes of a file is held by ``tests/cases/parity/sops``; here is what a delivery makes of it.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sealed import identity, sealed
from tests.unit.controllers.conftest import NAMESPACE, Stage, condition, config_map, config_map_ref
from trueup.objects import Manifest, ObjectRef, yaml

CANARY = "canary-5c1e-value"
KEY, RECIPIENT = identity()
OTHER_KEY, OTHER_RECIPIENT = identity()
BY_SOPS = {"provider": "sops", "secretRef": {"name": "keys"}}


def secret_ref(name: str, namespace: str = "default") -> ObjectRef:
    return ObjectRef("", "Secret", namespace, name, "v1")


def encrypted(kind: str, recipient: str = RECIPIENT, name: str = "login", **body: Any) -> str:
    """A manifest whose ``body`` is encrypted."""
    plain = {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "default"},
        **body,
    }
    return yaml.dump(sealed(plain, recipient, only=tuple(body)))


def encrypted_env(**values: str) -> str:
    """A dotenv file as SOPS encrypts it."""
    flat = _flat(sealed(values, RECIPIENT))
    return "".join(f"{key}={value}\n" for key, value in flat.items())


def _flat(document: Mapping[str, Any]) -> dict[str, str]:
    found = {key: value for key, value in document.items() if key != "sops"}
    for key, value in document["sops"].items():
        if isinstance(value, str):
            found[f"sops_{key}"] = value
    for at, entry in enumerate(document["sops"]["age"]):
        for key, value in entry.items():
            found[f"sops_age__list_{at}__map_{key}"] = value.replace("\n", "\\n")
    return found


def value_of(secret: Manifest | None, key: str) -> str:
    assert secret is not None
    return base64.b64decode(secret["data"][key]).decode()


async def keys(stage: Stage, key: str = KEY, name: str = "keys") -> None:
    data = {"age.agekey": base64.b64encode(key.encode()).decode()}
    metadata = {"name": name, "namespace": NAMESPACE}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
    await stage.apply(json.dumps(secret))


async def delivered(stage: Stage, files: Mapping[str, str]) -> None:
    stage.repo.commit({f"app/{path}": text for path, text in files.items()})
    await stage.source()
    await keys(stage)
    await stage.delivery(decryption=BY_SOPS)


async def test_an_encrypted_secret_becomes_live(stage: Stage) -> None:
    await delivered(stage, {"login.yaml": encrypted("Secret", stringData={"password": CANARY})})
    await stage.ready()
    found = await stage.get(secret_ref("login"))
    assert value_of(found, "password") == CANARY
    assert found is not None
    assert "sops" not in found


async def test_files_that_a_secret_is_made_of_are_decrypted(stage: Stage) -> None:
    kustomization = {
        "secretGenerator": [
            {
                "name": "made",
                "namespace": "default",
                "files": ["settings.json", "renamed.json=other.txt"],
                "envs": ["vars.env"],
            }
        ],
        "generatorOptions": {"disableNameSuffixHash": True},
    }
    await delivered(
        stage,
        {
            "kustomization.yaml": yaml.dump({"resources": ["base"]}),
            "base/kustomization.yaml": yaml.dump(kustomization),
            "base/settings.json": json.dumps(sealed({"a": CANARY}, RECIPIENT)),
            "base/other.txt": json.dumps(sealed({"b": CANARY}, RECIPIENT)),
            "base/vars.env": encrypted_env(TOKEN=CANARY),
        },
    )
    await stage.ready()
    found = await stage.get(secret_ref("made"))
    assert json.loads(value_of(found, "settings.json")) == {"a": CANARY}
    assert json.loads(value_of(found, "renamed.json")) == {"b": CANARY}
    assert value_of(found, "TOKEN") == CANARY


async def test_a_patch_is_decrypted(stage: Stage) -> None:
    patch = encrypted("ConfigMap", name="a", data={"password": CANARY})
    kustomization = {"resources": ["a.yaml"], "patches": [{"path": "patch.yaml"}]}
    files = {"kustomization.yaml": yaml.dump(kustomization), "a.yaml": config_map("a", x="1")}
    await delivered(stage, {**files, "patch.yaml": patch})
    await stage.ready()
    found = await stage.get(config_map_ref("a"))
    assert found is not None
    assert found["data"] == {"x": "1", "password": CANARY}


async def test_the_record_notes_what_holds_a_decrypted_value(stage: Stage) -> None:
    sealed_map = encrypted("ConfigMap", name="a", data={"password": CANARY})
    await delivered(stage, {"a.yaml": sealed_map, "b.yaml": config_map("b")})
    await stage.ready()
    noted = {item.id: item.guarded for item in (await stage.record()).objects}
    assert noted == {"default_a__ConfigMap": True, "default_b__ConfigMap": False}


async def test_an_encrypted_file_within_a_secret_is_decrypted(stage: Stage) -> None:
    inner = json.dumps(sealed({"token": CANARY}, RECIPIENT), indent=1)
    metadata = {"name": "login", "namespace": "default"}
    data = {"config.json": base64.b64encode(inner.encode()).decode()}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
    await delivered(stage, {"login.yaml": yaml.dump(secret)})
    await stage.ready()
    found = await stage.get(secret_ref("login"))
    assert json.loads(value_of(found, "config.json")) == {"token": CANARY}


async def test_decrypted_values_may_have_variables(stage: Stage) -> None:
    text = encrypted("Secret", stringData={"url": "https://${HOST}/x"})
    stage.repo.commit({"app/login.yaml": text})
    await stage.source()
    await keys(stage)
    await stage.delivery(decryption=BY_SOPS, postBuild={"substitute": {"HOST": "shop"}})
    await stage.ready()
    assert value_of(await stage.get(secret_ref("login")), "url") == "https://shop/x"


async def test_who_opts_out_stays_encrypted(stage: Stage) -> None:
    found = yaml.load(encrypted("ConfigMap", data={"password": CANARY}))
    note = {"kustomize.toolkit.fluxcd.io/decrypt": "Disabled"}
    found["metadata"]["annotations"] = note
    await delivered(stage, {"login.yaml": yaml.dump(found)})
    await stage.failing(text="sops")  # the server knows no such field of a ConfigMap


async def test_without_its_secret_of_keys_it_says_so(stage: Stage) -> None:
    stage.repo.commit({"app/login.yaml": encrypted("Secret", stringData={"a": CANARY})})
    await stage.source()
    await stage.delivery(decryption=BY_SOPS)
    failed = await stage.failing(text="Secret/flux-system/keys not found")
    assert condition(failed, "Ready")["reason"] == "BuildFailed"


async def test_it_is_live_once_the_keys_are_there(stage: Stage) -> None:
    stage.repo.commit({"app/login.yaml": encrypted("Secret", stringData={"a": CANARY})})
    await stage.source()
    await stage.delivery(decryption=BY_SOPS)
    await stage.failing()
    await keys(stage)
    await stage.ready()
    assert value_of(await stage.get(secret_ref("login")), "a") == CANARY


async def test_another_key_is_told_and_nothing_is_pruned(stage: Stage) -> None:
    await delivered(stage, {"login.yaml": encrypted("Secret", stringData={"a": CANARY})})
    await stage.ready()
    await keys(stage, OTHER_KEY)
    failed = await stage.failing(text="the identity here is another one")
    assert condition(failed, "Ready")["reason"] == "BuildFailed"
    assert await stage.get(secret_ref("login")) is not None


async def test_keys_are_rotated_in_either_order(stage: Stage) -> None:
    await delivered(stage, {"login.yaml": encrypted("Secret", stringData={"a": CANARY})})
    await stage.ready()
    await keys(stage, OTHER_KEY)
    await stage.failing()
    again = encrypted("Secret", OTHER_RECIPIENT, stringData={"a": "rotated"})
    revision = await stage.commit({"app/login.yaml": again})
    await stage.ready(revision=revision)
    assert value_of(await stage.get(secret_ref("login")), "a") == "rotated"


async def test_a_file_that_was_changed_is_refused(stage: Stage) -> None:
    document = sealed({"a": CANARY, "b": "x"}, RECIPIENT)
    del document["b"]
    kustomization = {"secretGenerator": [{"name": "made", "files": ["s.json"]}]}
    files = {"kustomization.yaml": yaml.dump(kustomization), "s.json": json.dumps(document)}
    await delivered(stage, files)
    await stage.failing(text="app/s.json: the MAC does not match")


async def test_the_keys_for_all_serve_who_names_none(tmp_path: Path) -> None:
    async with Stage.at(tmp_path, age_secret=secret_ref("common", NAMESPACE)) as stage:
        stage.repo.commit({"app/login.yaml": encrypted("Secret", stringData={"a": CANARY})})
        await stage.source()
        await keys(stage, name="common")
        await stage.delivery(decryption={"provider": "sops"})
        await stage.ready()
        assert value_of(await stage.get(secret_ref("login")), "a") == CANARY


async def test_without_decryption_an_encrypted_secret_is_refused(stage: Stage) -> None:
    stage.repo.commit({"app/login.yaml": encrypted("Secret", stringData={"a": CANARY})})
    await stage.source()
    await stage.delivery()
    await stage.failing(text="configuring decryption is required")


# What was decrypted is shown to nobody


@pytest.mark.parametrize("value", [CANARY, "s3"], ids=["long", "short"])
async def test_a_drift_of_a_decrypted_value_is_told_without_it(stage: Stage, value: str) -> None:
    await delivered(stage, {"login.yaml": encrypted("ConfigMap", data={"pin": value})})
    await stage.ready()
    live = {"data": {"pin": f"{value}-drifted"}}
    await stage.patch(config_map_ref("login"), live)
    await stage.until(config_map_ref("login"), lambda obj: obj["data"]["pin"] == value)
    told = json.dumps(await stage.everything_told())
    assert ("data.pin" in told, f'"{value}"' in told, f"{value}-drifted" in told) == (
        True,
        False,
        False,
    )


async def test_a_refusal_of_the_server_is_told_without_decrypted_values(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service = yaml.load(encrypted("Service", spec={"type": CANARY}))
    await delivered(stage, {"s.yaml": yaml.dump(service)})
    failed = await stage.failing(text="***")
    told = json.dumps([failed, *await stage.everything_told()]) + caplog.text
    assert CANARY not in told


async def test_an_error_while_rendering_is_told_without_decrypted_values(stage: Stage) -> None:
    text = encrypted("ConfigMap", data={"a": f"${{{CANARY}}}"})
    stage.repo.commit({"app/login.yaml": text})
    await stage.source()
    await keys(stage)
    await stage.delivery(decryption=BY_SOPS, postBuild={"substitute": {"HOST": "shop"}})
    failed = await stage.failing()
    assert CANARY not in json.dumps([failed, *await stage.everything_told()])


async def test_nothing_decrypted_is_kept_on_disk_by_the_renderer(stage: Stage) -> None:
    await delivered(stage, {"login.yaml": encrypted("ConfigMap", data={"a": CANARY})})
    await stage.ready()
    kept = [path.read_bytes() for path in stage.folder.glob("data/cache/**/*") if path.is_file()]
    assert not any(CANARY.encode() in content for content in kept)
