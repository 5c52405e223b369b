"""No value of a Secret is ever shown, in whatever form and at whatever place it comes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import Conflict, Invalid
from trueup.plan.diff import ABSENT, FieldChange, diff_objects
from trueup.plan.mask import (
    AFTER,
    BEFORE,
    SAME,
    confidential_texts,
    decrypted_texts,
    guard_changes,
    mask_changes,
    mask_object,
    scrub_changes,
    scrub_error,
)

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
VALUES = st.text(st.sampled_from("abcXYZ019"), min_size=8, max_size=12)


@st.composite
def secrets(draw: st.DrawFn) -> dict[str, Any]:
    values = draw(st.dictionaries(st.sampled_from(["user", "key"]), VALUES, min_size=1))
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    shape = draw(st.sampled_from(["data", "stringData", "annotation", "text", "list"]))
    secret: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    match shape:
        case "data":
            secret["data"] = encoded
        case "stringData":
            secret["stringData"] = values
        case "annotation":
            secret["data"] = encoded
            secret["metadata"]["annotations"] = {LAST_APPLIED: str({**values, **encoded})}
        case "text":
            secret["data"] = "".join(encoded.values())
        case "list":
            secret["stringData"] = [values]
    return secret


def values_of(secret: dict[str, Any]) -> list[str]:
    """What must not be seen: every value of eight characters or more."""
    found: list[str] = []
    for field in ("data", "stringData"):
        found += _texts(secret.get(field))
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def is_hidden(shown: Any, *secrets: dict[str, Any]) -> bool:
    return not any(value in str(shown) for secret in secrets for value in values_of(secret))


@given(secrets())
def test_a_shown_object_hides_them(secret: dict[str, Any]) -> None:
    assert is_hidden(mask_object(secret), secret)


@given(secrets(), secrets())
def test_changes_hide_those_of_both_sides(before: dict[str, Any], after: dict[str, Any]) -> None:
    changes = mask_changes(diff_objects(before, after), secret=True)
    assert is_hidden(changes, before, after)


@given(secrets())
def test_a_creation_hides_them(secret: dict[str, Any]) -> None:
    assert is_hidden(mask_changes([FieldChange("", ABSENT, secret)], secret=True), secret)


@given(secrets())
def test_errors_hide_them(secret: dict[str, Any]) -> None:
    words = " ".join(values_of(secret))
    error = Invalid(f"bad: {words}", details={"causes": [{"message": words, "field": "data"}]})
    scrub_error(error, confidential_texts([secret]))
    assert is_hidden([error, error.args, error.details], secret)


def test_an_error_hides_a_value_whichever_way_it_is_written() -> None:
    secret = {
        "data": {"a": base64.b64encode(b"opensesame").decode()},
        "stringData": {"b": 12345678},
    }
    error = Conflict("opensesame b3BlbnNlc2FtZQ== 12345678")
    scrub_error(error, confidential_texts([secret]))
    assert str(error) == f"{SAME} {SAME} {SAME}"


def test_a_change_shows_that_there_is_one() -> None:
    before, after = ({"data": {"a": value}} for value in ("b2xkb2xk", "bmV3bmV3"))
    (change,) = mask_changes(diff_objects(before, after), secret=True)
    assert (change.path, change.before, change.after) == (".data.a", BEFORE, AFTER)


def test_keys_are_shown() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"user": "eA=="}}
    assert mask_object(secret)["data"] == {"user": SAME}


@pytest.mark.parametrize("kind", [("v1", "ConfigMap"), ("x.io/v1", "Secret")])
def test_other_kinds_are_shown_as_they_are(kind: tuple[str, str]) -> None:
    obj = {"apiVersion": kind[0], "kind": kind[1], "data": {"a": "plain text"}}
    assert mask_object(obj) == obj


# What was decrypted


def test_a_decrypted_text_is_known_whole_by_lines_and_in_base64() -> None:
    texts = decrypted_texts(["first line\nsecond line"])
    assert {
        "first line\nsecond line",
        "second line",
        base64.b64encode(b"first line\nsecond line").decode(),
    } <= {*texts}


def test_a_short_text_is_hidden_where_it_stands_alone_or_is_quoted() -> None:
    change = FieldChange(".spec.pin", "12", {"said": 'is "12"', "other": "120"})
    (shown,) = scrub_changes([change], decrypted_texts(["12"]))
    assert (shown.before, shown.after) == ("***", {"said": 'is "***"', "other": "120"})


def test_a_number_that_was_decrypted_is_hidden() -> None:
    (shown,) = scrub_changes([FieldChange(".spec.port", 1, 4711)], decrypted_texts(["4711"]))
    assert shown.after == "***"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("old-password", "new-password", ("*** (before)", "***")),
        ("new-password", "nothing", ("***", "*** (after)")),
        (ABSENT, "new-password", (ABSENT, "***")),
        ("plain", "as plain", ("plain", "as plain")),
    ],
)
def test_what_a_confidential_text_replaces_is_hidden_with_it(
    before: Any, after: Any, shown: tuple[Any, Any]
) -> None:
    (change,) = scrub_changes([FieldChange(".data.pw", before, after)], ["new-password"])
    assert (change.before, change.after) == shown


def test_of_a_guarded_object_no_value_is_left() -> None:
    (shown,) = guard_changes([FieldChange(".data.a", ABSENT, "new")])
    assert (shown.path, shown.before, shown.after) == (".data.a", ABSENT, "*** (after)")


def test_an_error_about_a_guarded_object_loses_short_texts_as_words() -> None:
    error = Invalid("Invalid value: 42: must not be 42, nor 420", subject="Pod/a")
    scrub_error(error, decrypted_texts(["42"]), short=True)
    assert error.cause == "Invalid value: ***: must not be ***, nor 420"


@given(VALUES, st.text(max_size=20), st.text(max_size=20))
def test_no_decrypted_text_survives_within_another(secret: str, before: str, after: str) -> None:
    change = FieldChange(".a", ABSENT, f"{before}{secret}{after}")
    (shown,) = scrub_changes([change], decrypted_texts([secret]))
    assert secret not in shown.after
