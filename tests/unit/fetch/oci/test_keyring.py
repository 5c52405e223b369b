"""Whose credentials go to which registry."""

from __future__ import annotations

import base64
import json

import pytest

from trueup.errors import InputError
from trueup.fetch.oci import Credentials, Keyring

ALICE = base64.b64encode(b"alice:a:b").decode()
CONFIG = {
    "auths": {
        "reg.example": {"auth": ALICE},
        "reg.example:5000": {"username": "bob", "password": "b"},
        "https://old.example/v1/": {"username": "old", "password": "o"},
        "reg.example/team": {"identitytoken": "t"},
    }
}

FOUND = [
    ("reg.example", "app", Credentials("alice", "a:b")),
    ("reg.example:5000", "app", Credentials("bob", "b")),
    ("reg.example", "team/app", Credentials(identity_token="t")),
    ("reg.example", "teams", Credentials("alice", "a:b")),
    ("old.example", "app", Credentials("old", "o")),
    ("evil.example", "app", Credentials()),
]


@pytest.mark.parametrize(("host", "name", "wanted"), FOUND)
def test_the_closest_entry_of_the_host_counts(host: str, name: str, wanted: Credentials) -> None:
    assert Keyring.from_docker_config(json.dumps(CONFIG)).of(host, name) == wanted


@pytest.mark.parametrize("content", ["", "[]", '{"auths": [1]}', '{"auths": {"x": {"auth": "%"}}}'])
def test_what_is_no_configuration_is_refused(content: str) -> None:
    with pytest.raises(InputError, match="is no configuration of Docker"):
        Keyring.from_docker_config(content)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Credentials("alice", "secret", "secret", "secret"))
