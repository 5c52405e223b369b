"""age: which identities open a data key, and what is said where none does."""

from __future__ import annotations

import base64
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from trueup.errors import DecryptionError
from trueup.keys import KeyMaterial, KeyRing
from trueup.objects import yaml
from trueup.render.sops import MasterKey

DATA_KEY = bytes(range(32))


def sealed(recipient: object) -> MasterKey:
    enc = pyrage.encrypt(DATA_KEY, [recipient], armored=True).decode()
    return MasterKey("age", enc, {"recipient": str(recipient)})


def test_an_identity_opens_what_is_for_its_recipient() -> None:
    identity = pyrage.x25519.Identity.generate()
    with KeyRing(KeyMaterial(age=(f"# mine\n\n{identity}\n",))) as ring:
        assert ring.open(sealed(identity.to_public())) == DATA_KEY


def test_an_ssh_key_opens_what_is_for_its_public_key() -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    with KeyRing(KeyMaterial(ssh=(pem,))) as ring:
        assert ring.open(sealed(pyrage.ssh.Recipient.from_str(public.decode()))) == DATA_KEY


def test_an_identity_of_somebody_else_is_told_from_none() -> None:
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    ring = KeyRing(KeyMaterial(age=(str(other),)))
    with pytest.raises(DecryptionError, match="the identity here is another one"):
        ring.open(sealed(identity.to_public()))


def test_without_an_identity_it_says_so() -> None:
    ring = KeyRing(KeyMaterial())
    with pytest.raises(DecryptionError, match="there is no age identity here"):
        ring.open(MasterKey("age", "", {"recipient": "age1x"}))


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("AGE-SECRET-KEY-1HIDDENHIDDEN", "malformed"),
        ("AGE-PLUGIN-YUBIKEY-1HIDDEN", "no program is run for a key"),
        ("AGE-SECRET-KEY-PQ-1HIDDEN", "malformed"),
    ],
)
def test_an_identity_that_cannot_be_used_is_refused_without_showing_it(
    line: str, cause: str
) -> None:
    ring = KeyRing(KeyMaterial(age=(line,)))
    with pytest.raises(DecryptionError, match=cause) as caught:
        ring.open(MasterKey("age", "", {"recipient": "age1x"}))
    assert "HIDDEN" not in str(caught.value)


def test_a_kind_that_nobody_knows_here_is_refused() -> None:
    ring = KeyRing(KeyMaterial())
    with pytest.raises(DecryptionError, match="not supported"):
        ring.open(MasterKey("hckms", "", {"key_id": "region:1"}))


PQ = Path(__file__).parents[2] / "cases" / "parity" / "sops" / "keys" / "post-quantum" / "input"


def test_a_post_quantum_file_that_was_changed_is_refused() -> None:
    text = (PQ / "p.yaml").read_text()
    entry = yaml.load(text)["sops"]["age"][0]
    lines = entry["enc"].splitlines()
    lines[-2] = ("A" if lines[-2][0] != "A" else "B") + lines[-2][1:]
    ring = KeyRing(KeyMaterial(age=((PQ / "age.txt").read_text(),)))
    with pytest.raises(DecryptionError, match="was changed"):
        ring.open(MasterKey("age", "\n".join(lines), {"recipient": entry["recipient"]}))


@given(st.binary(max_size=300))
@settings(max_examples=50, deadline=None)
def test_nonsense_for_a_post_quantum_identity_is_refused_in_words(content: bytes) -> None:
    armored = base64.b64encode(b"age-encryption.org/v1\n" + content).decode()
    text = f"-----BEGIN AGE ENCRYPTED FILE-----\n{armored}\n-----END AGE ENCRYPTED FILE-----\n"
    ring = KeyRing(KeyMaterial(age=((PQ / "age.txt").read_text(),)))
    with pytest.raises(DecryptionError):
        ring.open(MasterKey("age", text, {"recipient": "age1pq1x"}))
