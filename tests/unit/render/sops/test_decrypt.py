"""What the cases confirmed by SOPS (``tests/cases/parity/sops``) do not show: bounds and secrecy."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sealed import sealed
from trueup.errors import DecryptionError, TrueupError
from trueup.objects import yaml
from trueup.render.sops import MAX_BYTES, Format, MasterKey, decrypt

KEY = bytes(range(32))
CANARY = "canary-8f3a"

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
DOCUMENTS = st.dictionaries(
    TEXTS.filter(lambda key: key != "sops"),
    st.recursive(
        TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


class Known:
    """Opens every key."""

    def open(self, key: MasterKey) -> bytes:
        return KEY


def encrypted(plain: dict[str, Any]) -> dict[str, Any]:
    found = sealed(plain, data_key=KEY)
    found["sops"]["age"] = [{"recipient": "age1x", "enc": "x"}]
    return found


def refusal(content: str | bytes, form: Format = Format.YAML) -> str:
    with pytest.raises(TrueupError) as caught:
        decrypt(content if isinstance(content, bytes) else content.encode(), form, Known())
    return str(caught.value)


@given(DOCUMENTS)
@settings(max_examples=25, deadline=None)
def test_what_was_encrypted_as_json_comes_back(plain: dict[str, Any]) -> None:
    text = json.dumps(encrypted(plain)).encode()
    assert json.loads(decrypt(text, Format.JSON, Known()).content) == plain


@given(st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), TEXTS, max_size=4))
@settings(max_examples=25, deadline=None)
def test_yaml_that_comes_out_is_read_as_what_went_in(plain: dict[str, Any]) -> None:
    plain.pop("sops", None)
    text = json.dumps(encrypted(plain)).encode()
    written = decrypt(text, Format.JSON, Known(), output=Format.YAML)
    assert (yaml.load(written.content) or {}) == plain


def test_no_refusal_shows_a_value() -> None:
    found = encrypted({"a": CANARY, "b": {"c": CANARY}})
    found["sops"]["mac"] = found["a"]
    assert CANARY not in refusal(json.dumps(found), Format.JSON)


def test_a_leaf_that_should_be_encrypted_is_named_and_not_shown() -> None:
    found = {**encrypted({"a": "x"}), "b": {"c": CANARY}}
    assert refusal(json.dumps(found), Format.JSON).startswith("b.c: should be encrypted")
    assert CANARY not in refusal(json.dumps(found), Format.JSON)


def test_it_tells_which_texts_were_encrypted() -> None:
    found = encrypted({"a": CANARY, "b": ["x", ""]})
    assert decrypt(json.dumps(found).encode(), Format.JSON, Known()).secrets == (CANARY, "x")


def test_the_file_is_named_before_the_field() -> None:
    found = {**encrypted({"a": "x"}), "b": "plain"}
    with pytest.raises(DecryptionError, match=r"^secret\.json: b: should be encrypted"):
        decrypt(json.dumps(found).encode(), Format.JSON, Known(), source="secret.json")


def test_without_the_mac_each_leaf_still_counts_only_at_its_path() -> None:
    found = encrypted({"a": "x", "b": "y"})
    found["a"], found["b"] = found["b"], found["a"]
    with pytest.raises(DecryptionError, match="does not decrypt"):
        decrypt(json.dumps(found).encode(), Format.JSON, Known(), check_mac=False)


def test_a_data_key_of_another_length_is_refused() -> None:
    class Short:
        def open(self, key: MasterKey) -> bytes:
            return b"short"

    with pytest.raises(DecryptionError, match="5 bytes"):
        decrypt(json.dumps(encrypted({"a": "x"})).encode(), Format.JSON, Short())


def test_a_file_beyond_the_bound_is_not_looked_into() -> None:
    assert "larger than" in refusal(b" " * (MAX_BYTES + 1))


@pytest.mark.parametrize("form", list(Format))
@given(st.binary(max_size=200))
@settings(max_examples=40, deadline=None)
def test_nonsense_is_refused_in_words(form: Format, content: bytes) -> None:
    assert refusal(content, form)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 5_000,
        "{" * 5_000,
        "- " * 5_000,
        "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(9)),
        "a: &a [*a]\n",
        "#\n" * 20_000 + "a: 1\n",
        "ENC[AES256_GCM,data:" * 5_000 + ": 1\n",
    ],
    ids=["brackets", "braces", "dashes", "aliases", "loop", "comments", "prefixes"],
)
def test_hostile_yaml_is_refused_in_time(text: str) -> None:
    begun = time.process_time()
    assert refusal(text)
    assert time.process_time() - begun < 5


def test_hostile_json_is_refused_in_words() -> None:
    assert "nested too deeply" in refusal('{"a":' * 100_000, Format.JSON)
    assert "nested deeper" in refusal('{"a":' * 300 + "1" + "}" * 300, Format.JSON)
