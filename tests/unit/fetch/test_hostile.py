"""Whatever a server, a chart or a person writes, it is understood or refused in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import TrueupError
from trueup.fetch.charts import Index, read_chart
from trueup.fetch.charts.lock_digest import is_in_sync
from trueup.fetch.http import shown
from trueup.fetch.oci import Keyring, Reference
from trueup.fetch.oci.manifest import INDEXES, MANIFESTS, parse
from trueup.fetch.oci.tokens import Challenge
from trueup.fetch.semver import Range, Version
from trueup.tree import MemoryTree

DIGEST = f"sha256:{'0' * 64}"
WRONG: tuple[Any, ...] = (
    None,
    True,
    5,
    -1,
    1.5,
    2**60,
    "",
    "x",
    [],
    [None],
    [5],
    [[]],
    {},
    {"a": 5},
    {"a": {}},
)
LISTED = {"name": "a", "version": "1.0.0", "urls": ["a.tgz"], "digest": "0"}
NEEDED = {"name": "a", "version": "*", "repository": "", "tags": ["a"], "import-values": [{"a": 1}]}
PART = {"mediaType": "a", "digest": DIGEST, "size": 1, "platform": {"os": "a", "architecture": "a"}}
INDEX = {"apiVersion": "v1", "entries": {"a": [LISTED]}}
CHART = {
    "apiVersion": "v1",
    "name": "a",
    "version": "1.0.0",
    "dependencies": [NEEDED],
    "digest": "",
}
MANIFEST = {"mediaType": MANIFESTS[0], "config": PART, "layers": [PART]}
OCI_INDEX = {"mediaType": INDEXES[0], "manifests": [PART]}
LOGINS = {"auths": {"a": {"auth": "dTpw", "username": "u", "identitytoken": "t"}}}


def read_index(content: bytes) -> object:
    return Index(content, "it").find("a", "")


def read_manifest(content: bytes) -> object:
    return parse(content, "application/json", "it")


def read_charts(content: bytes) -> object:
    files = dict.fromkeys(("Chart.yaml", "Chart.lock", "requirements.yaml"), content)
    found = read_chart(MemoryTree(files), "")
    return found.lock and is_in_sync(found, found.dependencies, found.lock)


READERS: list[tuple[Callable[[bytes], object], Any]] = [
    (read_index, INDEX),
    (read_manifest, MANIFEST),
    (read_manifest, OCI_INDEX),
    (read_charts, CHART),
    (Keyring.from_docker_config, LOGINS),
]


def spoiled(value: Any) -> Iterator[Any]:
    """``value`` with something else at one place in it, or without that."""
    yield from WRONG
    places: Any = list(value) if isinstance(value, dict) else range(0)
    if isinstance(value, list):
        places = range(len(value))
    for at in places:
        without = value.copy()
        del without[at]
        yield without
        for other in spoiled(value[at]):
            copied = value.copy()
            copied[at] = other
            yield copied


def crash(read: Callable[[bytes], object], document: Any) -> str:
    """What ``read`` dies of; empty if it does not."""
    try:
        read(orjson.dumps(document))
    except TrueupError:
        return ""
    except Exception as error:
        return f"{error!r} of {document}"
    return ""


@pytest.mark.parametrize(("read", "document"), READERS)
def test_a_document_as_it_should_be_is_read(
    read: Callable[[bytes], object], document: dict[str, Any]
) -> None:
    read(orjson.dumps(document))


@pytest.mark.parametrize(("read", "document"), READERS)
def test_a_document_with_something_wrong_is_read_or_refused(
    read: Callable[[bytes], object], document: dict[str, Any]
) -> None:
    crashes = (crash(read, each) for each in spoiled(document))
    assert [each for each in crashes if each] == []


@pytest.mark.parametrize("read", [read for read, _ in READERS])
@given(content=st.binary(max_size=200))
def test_noise_is_read_or_refused(read: Callable[[bytes], object], content: bytes) -> None:
    with suppress(TrueupError):
        read(content)


@given(st.text(st.sampled_from("oci://ab.Z:@_-+?#%0[]\u00e9\n"), max_size=30))
def test_a_reference_that_is_taken_is_written_as_it_is_read(text: str) -> None:
    for given_text in (text, f"oci://reg.example/{text}"):
        try:
            found = Reference.parse(given_text)
        except TrueupError:
            continue
        assert Reference.parse(str(found)) == found
        assert not set(found.host + found.name) & set("?#%@ \n")


@given(st.text(max_size=40), st.text(st.sampled_from("0123xX*.-+v<>=!~^|, "), max_size=40))
def test_versions_and_ranges_of_any_text_are_judged(noise: str, close: str) -> None:
    for text in (noise, close):
        try:
            allowed = Range.parse(text)
            assert allowed.allows(Version.parse(text)) in (True, False)
        except (TrueupError, ValueError):
            continue


def test_of_several_challenges_the_one_for_a_token_counts() -> None:
    headers = ['Basic realm="a"', 'Bearer realm="https://a, b",service=c , scope="d"']
    wanted = {"realm": "https://a, b", "service": "c", "scope": "d"}
    assert Challenge.choose(headers) == Challenge("bearer", wanted)
    assert [Challenge.choose(headers[:1]).scheme, Challenge.choose([]).scheme] == ["basic", ""]


@given(st.text(max_size=60))
def test_a_challenge_of_any_text_asks_for_something(text: str) -> None:
    assert Challenge.parse(text).scheme == text.strip().partition(" ")[0].lower()


@given(st.text(st.sampled_from("ab:/?#@"), max_size=30))
def test_no_user_and_no_query_is_ever_shown(text: str) -> None:
    assert "SECRET" not in shown(f"https://me:SECRET@host/{text}?SECRET{text}#SECRET")
