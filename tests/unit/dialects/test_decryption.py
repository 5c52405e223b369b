"""``spec.decryption``: which Secret counts, and what its entries mean."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.sealed import sealed
from trueup.dialects.flux.decryption import Decryption, Decryptor, wanted
from trueup.dialects.flux.key_secret import key_material, vault_logins
from trueup.dialects.flux.kustomization import delivery_of
from trueup.dialects.flux.referenced import format_of, referenced
from trueup.errors import InputError
from trueup.keys import AwsKeys
from trueup.objects import Manifest, ObjectRef
from trueup.render.sops import Format, MasterKey
from trueup.tree import MemoryTree

DATA_KEY = bytes(range(32))

COMMON = ObjectRef("", "Secret", "trueup-system", "sops-age", "v1")
VAULTS = ObjectRef("", "ConfigMap", "trueup-system", "vaults", "v1")
REF = ObjectRef("kustomize.toolkit.fluxcd.io", "Kustomization", "apps", "x", "v1")


def inputs(spec: dict[str, Any], decryption: Decryption) -> list[str]:
    source = {"kind": "GitRepository", "name": "repo"}
    resource = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "x", "namespace": "apps"},
        "spec": {"interval": "1m", "sourceRef": source, **spec},
    }
    return [str(ref) for ref, _ in delivery_of(resource, decryption=decryption).inputs]


def secret(**data: str | bytes) -> Manifest:
    encoded = {
        name.replace("__", "."): base64.b64encode(
            value.encode() if isinstance(value, str) else value
        ).decode()
        for name, value in data.items()
    }
    meta = {"name": "keys", "namespace": "apps"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": encoded}


def config_map(said: str) -> Manifest:
    meta = {"name": "vaults", "namespace": "trueup-system"}
    data = {"config.yaml": said}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def material(only_age: bool = False, **data: str | bytes) -> Any:
    return key_material(secret(**data), only_age=only_age, as_this_machine=False)


def test_the_secret_lies_beside_the_kustomization() -> None:
    spec = {"decryption": {"provider": "sops", "secretRef": {"name": "keys"}}}
    assert inputs(spec, Decryption(age_secret=COMMON)) == ["Secret/apps/keys"]


def test_the_common_secret_counts_where_none_is_named() -> None:
    spec = {"decryption": {"provider": "sops"}}
    assert inputs(spec, Decryption(age_secret=COMMON)) == ["Secret/trueup-system/sops-age"]
    assert inputs(spec, Decryption()) == []


def test_it_does_not_count_for_who_does_not_decrypt() -> None:
    assert inputs({}, Decryption(age_secret=COMMON)) == []


def test_another_provider_is_refused() -> None:
    with pytest.raises(InputError, match="'vault' is none; use sops"):
        wanted({"decryption": {"provider": "vault"}}, REF, Decryption())


def test_an_account_lies_beside_the_kustomization_too() -> None:
    spec = {"decryption": {"provider": "sops", "serviceAccountName": "decrypter"}}
    assert inputs(spec, Decryption()) == ["ServiceAccount/apps/decrypter"]


def test_an_account_acts_for_all_that_name_none() -> None:
    given = Decryption(default_account="common", vaults=VAULTS)
    expected = ["ServiceAccount/apps/common", "ConfigMap/trueup-system/vaults"]
    assert inputs({"decryption": {"provider": "sops"}}, given) == expected


def test_what_is_no_name_of_an_account_is_refused() -> None:
    spec = {"decryption": {"provider": "sops", "serviceAccountName": "a/../b"}}
    with pytest.raises(InputError, match=r"serviceAccountName 'a/\.\./b' is none"):
        wanted(spec, REF, Decryption())


def test_vaults_are_known_by_their_addresses() -> None:
    said = "instances: [{address: 'https://vault:8200', loginPath: auth/kubernetes/login}]"
    assert vault_logins(config_map(said)) == {"https://vault:8200": "auth/kubernetes/login"}
    assert vault_logins(None) == {}


@pytest.mark.parametrize("said", ["", "[]", "instances: x", "instances: [{address: a}]", "a: {"])
def test_a_list_of_vaults_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(InputError, match=r"config\.yaml"):
        vault_logins(config_map(said))


def test_entries_are_known_by_their_names() -> None:
    found = material(
        a__agekey="AGE-1",
        b__agekey="AGE-2",
        c__asc=b"\x01pgp",
        sops__vault_token="x",
        other="ignored",
        **{"sops__vault-token": " s.token\n"},
    )
    assert found.age == ("AGE-1", "AGE-2")
    assert (found.pgp, found.vault_token) == ((b"\x01pgp",), "s.token")


def test_credentials_of_clouds_are_yaml() -> None:
    found = material(
        **{
            "sops__aws-kms": "aws_access_key_id: AKIA\naws_secret_access_key: s\n",
            "sops__azure-kv": "tenantId: t\nclientId: c\n".encode("utf-16"),
            "sops__gcp-kms": '{"type": "service_account"}\n',
        }
    )
    assert found.aws == AwsKeys("AKIA", "s")
    assert (found.azure, found.gcp) == (
        {"tenantId": "t", "clientId": "c"},
        {"type": "service_account"},
    )


def test_of_the_common_secret_only_age_keys_count() -> None:
    found = material(only_age=True, a__agekey="AGE-1", **{"sops__vault-token": "s"})
    assert (found.age, found.vault_token) == (("AGE-1",), "")


@pytest.mark.parametrize(
    "entry",
    [{"sops__aws-kms": "HIDDEN"}, {"a__agekey": b"\xffHIDDEN"}, {"sops__gcp-kms": "[HIDDEN"}],
    ids=["no mapping", "no text", "no YAML"],
)
def test_an_entry_that_cannot_be_read_is_named_and_not_shown(entry: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"Secret/apps/keys: ") as caught:
        material(**entry)
    assert "HIDDEN" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("a.yaml", Format.YAML),
        ("a.yml", Format.YAML),
        ("a.json", Format.JSON),
        (".dockerconfigjson", Format.JSON),
        ("x.env", Format.DOTENV),
        ("a.ini", Format.INI),
        ("script.sh", Format.BINARY),
    ],
)
def test_the_format_is_that_of_the_name(path: str, form: Format) -> None:
    assert format_of(path) is form


# What is decrypted of the objects, as kustomize-controller's own decryptor does it


class Known:
    """Opens every key."""

    def open(self, key: MasterKey) -> bytes:
        return DATA_KEY


def test_values_that_kustomize_wrapped_are_decrypted() -> None:
    document = sealed({"token": "t" * 100}, data_key=DATA_KEY)
    document["sops"]["age"] = [{"recipient": "age1x", "enc": "x"}]
    text = base64.encodebytes(json.dumps(document).encode()).decode()
    (found,) = Decryptor(Known()).objects([{**secret(), "data": {"a.json": text}}])
    assert json.loads(base64.b64decode(found["data"]["a.json"])) == {"token": "t" * 100}


def test_a_secret_with_empty_data_has_none_afterwards() -> None:
    (found,) = Decryptor(Known()).objects([{**secret(), "data": {}}])
    assert "data" not in found


@pytest.mark.parametrize("value", ["no base64!", "YQ==", 5, None])
def test_a_value_that_is_no_encrypted_file_stays(value: Any) -> None:
    given = {**secret(), "data": {"a": value}}
    assert Decryptor(Known()).objects([given]) == [given]


def test_files_are_found_through_bases_and_components_each_once() -> None:
    tree = MemoryTree(
        {
            "app/kustomization.yaml": "resources: [../base, a.yaml]\ncomponents: [../part]\n",
            "base/kustomization.yml": "secretGenerator: [{name: a, files: [k=f.ini, g.txt]}]\n",
            "part/Kustomization": "patches: [{path: p.yaml}, {path: 'https://x/y'}]\n"
            "secretGenerator: [{name: b, envs: [e.properties]}]\nresources: [../base]\n",
        }
    )
    assert [*referenced(tree, "app")] == [
        ("base/f.ini", Format.BINARY),
        ("base/g.txt", Format.BINARY),
        ("part/e.properties", Format.DOTENV),
        ("part/p.yaml", Format.YAML),
    ]


def test_the_root_of_a_source_is_a_folder_like_others() -> None:
    tree = MemoryTree(
        {"kustomization.yaml": "resources: [b]\npatches: [{path: p.json}]\n", "b/": ""}
    )
    assert [*referenced(tree, ".")] == [("p.json", Format.JSON)]


def test_what_a_kustomization_says_wrong_is_left_to_the_build() -> None:
    tree = MemoryTree(
        {"a/kustomization.yaml": "resources: 5\nsecretGenerator: [x, {files: {}}]\npatches: [1]\n"}
    )
    assert [*referenced(tree, "a")] == []
    assert [*referenced(MemoryTree({"a/kustomization.yaml": "a: [\n"}), "a")] == []
