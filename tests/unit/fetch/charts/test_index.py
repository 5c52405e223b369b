"""What an index lists, and which version a name and a range stand for."""

from __future__ import annotations

import pytest

from trueup.errors import InputError, YamlError
from trueup.fetch.charts import Index, IndexCache

VERSIONS = ["1.2.0", "1.10.0", "2.0.0-rc.1", "1.9.0+b", "nonsense", "v0.1"]


def index(*versions: str, rest: str = "") -> Index:
    listed = "".join(f"  - {{name: app, version: '{each}', urls: [a]}}\n" for each in versions)
    text = f"apiVersion: v1\nentries:\n  app:\n{listed}{rest}"
    return Index(text.encode(), "it")


def test_versions_are_listed_the_highest_first() -> None:
    found = [each.version.text for each in index(*VERSIONS).versions("app")]
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
    assert index(*VERSIONS).find("app", version).version.text == wanted


MISSING = [
    ("app", "3.x", "no version of the chart app matches '3.x'"),
    ("other", "", "there is no chart other"),
    ("app", "latest", "semver parse error: improper constraint"),
]


@pytest.mark.parametrize(("name", "version", "cause"), MISSING)
def test_what_is_not_there_is_refused(name: str, version: str, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        index(*VERSIONS).find(name, version)


def test_a_version_without_an_address_is_passed_over_when_the_newest_is_looked_for() -> None:
    rest = "  - {name: app, version: 9.0.0}\n  - null\n  - {version: 8.0.0, urls: [a]}\n"
    assert index("1.0.0", rest=rest).newest("app", "*") == "1.0.0"


REFUSED = [
    (b"", "no API version specified"),
    (b"entries: {}", "no API version specified"),
    (b"- 1", "no API version specified"),
    (b"{apiVersion: v1, entries: 1}", "entries is no map"),
    (b"a: 1\na: 2\n", "already set"),
    (b"apiVersion: v1\nentries:\n  app: []\n  app: []\n", "already set"),
    (b"apiVersion: v1\nentries:\n  app:\n  - a\ngenerated: {\n", "line"),
    (b"apiVersion: v1\nentries:\n  app:\n  - a\n# a comment\n  other:\n - a\n", "line"),
]


@pytest.mark.parametrize(("content", "cause"), REFUSED)
def test_what_is_no_index_is_refused(content: bytes, cause: str) -> None:
    with pytest.raises((InputError, YamlError), match=cause):
        Index(content, "it")


def test_an_index_may_list_nothing() -> None:
    with pytest.raises(InputError, match="there is no chart app"):
        Index(b"{apiVersion: v1, entries: []}", "it").find("app", "")


def test_json_is_an_index_too() -> None:
    content = b'{"apiVersion": "v1", "entries": {"a": [{"name": "a", "version": "1.0.0"}]}}'
    assert Index(content, "it").find("a", "").version.text == "1.0.0"


ENTRY = "{name: a, version: 1.0.0, urls: [u]}"
LAYOUTS = [
    f"apiVersion: v1\nentries:\n  a:\n  - {ENTRY}\n  b:\n  - {ENTRY}\ngenerated: now\n",
    f'apiVersion: v1\nentries:\n  "a":\n  - {ENTRY}\n  b: []',
    f"apiVersion: v1\nentries:\n  # of us\n  a:\n  - {ENTRY}\n",
    f"apiVersion: v1\nentries:\n\n  a:\n  - {ENTRY}\n",
    f"apiVersion: v1\nentries:\n  b: [&it {ENTRY}]\n  a:\n  - *it\n",
    f"apiVersion: v1\nentries:\n  b:\n  - {ENTRY}\n# a comment\n  a:\n  - {ENTRY}\n",
    f"apiVersion: v1\r\nentries:\r\n  a:\r\n  - {ENTRY}\r\n",
    f"apiVersion: v1\nentries:\n    a:\n    - {ENTRY}\n",
    f"entries:\n  a:\n  - {ENTRY}\napiVersion: v1\n",
    f"entries: {{a: [{ENTRY}]}}\napiVersion: v1\n",
    f"apiVersion: v1\nentries:\n  1: []\n  a: [{ENTRY}]\n",
]


@pytest.mark.parametrize("text", LAYOUTS)
def test_an_index_may_be_laid_out_in_any_way(text: str) -> None:
    assert Index(text.encode(), "it").find("a", "").urls == ("u",)


def test_of_an_index_by_helm_only_the_chart_that_is_asked_for_is_read() -> None:
    text = f"apiVersion: v1\nentries:\n  a:\n  - {ENTRY}\n  b:\n  - {{\n"
    found = Index(text.encode(), "it")
    assert found.find("a", "").urls == ("u",)
    with pytest.raises(YamlError, match="line"):
        found.find("b", "")


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
    assert [bool(indexes.conditions((str(number), ""))) for number in (0, 31, 32, 39)] == [
        *(False, False, True, True)
    ]
