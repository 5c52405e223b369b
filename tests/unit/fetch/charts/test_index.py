"""What an index lists, and which version a name and a range stand for."""

from __future__ import annotations

import pytest

from trueup.errors import InputError, YamlError
from trueup.fetch.charts import Index, IndexCache

VERSIONS = ["1.2.0", "1.10.0", "2.0.0-rc.1", "1.9.0+b", "nonsense", "v0.1"]


def index(*versions: str, rest: str = "") -> Index:
    listed = "".join(f"  - {{name: app, version: '{each}', urls: [a]}}\n" for each in versions)
    text = f"apiVersion: v1\nentries:\n  app:\n{listed}{rest}"
    return Index.parse(text.encode(), "it")


def test_versions_are_listed_the_highest_first() -> None:
    found = [each.version for each in index(*VERSIONS).entries["app"]]
    assert found == ["2.0.0-rc.1", "1.10.0", "1.9.0+b", "1.2.0", "v0.1"]


FOUND = [
    ("", "1.10.0"),
    ("*", "1.10.0"),
    ("1.2.0", "1.2.0"),
    ("2.0.0-rc.1", "2.0.0-rc.1"),
    (">=2.0.0-0", "2.0.0-rc.1"),
    ("~1.9", "1.9.0+b"),
    ("1.9.0", "1.9.0+b"),
    ("<1", "v0.1"),
]


@pytest.mark.parametrize(("version", "wanted"), FOUND)
def test_a_version_or_the_highest_in_a_range_is_found(version: str, wanted: str) -> None:
    assert index(*VERSIONS).find("app", version, "it").version == wanted


MISSING = [
    ("app", "3.x", "no version of the chart app matches '3.x'"),
    ("other", "", "there is no chart other"),
    ("app", "latest", "semver parse error: improper constraint"),
]


@pytest.mark.parametrize(("name", "version", "cause"), MISSING)
def test_what_is_not_there_is_refused(name: str, version: str, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        index(*VERSIONS).find(name, version, "it")


def test_a_version_without_an_address_is_passed_over_when_the_newest_is_looked_for() -> None:
    rest = "  - {name: app, version: 9.0.0}\n  - null\n  - {version: 8.0.0, urls: [a]}\n"
    assert index("1.0.0", rest=rest).newest("app", "*", "it") == "1.0.0"


REFUSED = [
    (b"", "no API version specified"),
    (b"entries: {}", "no API version specified"),
    (b"- 1", "no API version specified"),
    (b"{apiVersion: v1, entries: []}", None),
    (b"{apiVersion: v1, entries: 1}", "entries is no map"),
    (b"a: 1\na: 2\n", "already set"),
]


@pytest.mark.parametrize(("content", "cause"), REFUSED)
def test_what_is_no_index_is_refused(content: bytes, cause: str | None) -> None:
    if cause is None:
        assert Index.parse(content, "it").entries == {}
        return
    with pytest.raises((InputError, YamlError), match=cause):
        Index.parse(content, "it")


def test_json_is_an_index_too() -> None:
    content = b'{"apiVersion": "v1", "entries": {"a": [{"name": "a", "version": "1.0.0"}]}}'
    assert Index.parse(content, "it").entries["a"][0].version == "1.0.0"


TOLD = [
    ({"ETag": '"1"', "Last-Modified": "now"}, {"If-None-Match": '"1"', "If-Modified-Since": "now"}),
    ({"Last-Modified": "now"}, {"If-Modified-Since": "now"}),
    ({}, {}),
]


@pytest.mark.parametrize(("headers", "asked"), TOLD)
def test_an_index_is_asked_for_anew_by_what_its_server_told(
    headers: dict[str, str], asked: dict[str, str]
) -> None:
    indexes = IndexCache()
    indexes.keep(("url", "me"), index("1.0.0"), headers)
    assert indexes.conditions(("url", "me")) == asked
    assert indexes.conditions(("url", "somebody else")) == {}


def test_the_indexes_that_are_kept_are_not_countless() -> None:
    indexes = IndexCache()
    for number in range(40):
        indexes.keep((str(number), ""), index("1.0.0"), {"ETag": "1"})
    assert [bool(indexes.conditions((str(number), ""))) for number in (0, 7, 8, 39)] == [
        *(False, False, True, True)
    ]
