"""``index.yaml``: which versions of which charts a repository has, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trueup.errors import InputError
from trueup.fetch.charts.index_text import charts_in, listed_of
from trueup.fetch.semver import Range, Version

MAX_INDEX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChartVersion:
    """One version; of ``urls`` the first one counts. ``digest`` may be empty."""

    version: Version
    urls: tuple[str, ...]
    digest: str = ""


class Index:
    """The versions of each chart, the highest first, which are read when they are asked for."""

    def __init__(self, content: bytes, subject: str) -> None:
        """Raises InputError for what Helm does not take for an index. ``subject`` is for errors."""
        self._subject = subject
        self._listed = charts_in(content, subject)
        self._read: dict[str, tuple[ChartVersion, ...]] = {}

    def versions(self, name: str) -> tuple[ChartVersion, ...]:
        """Those of one chart; InputError if there is none of that name, or no YAML."""
        if name not in self._listed:
            raise self._missing(f"there is no chart {name}")
        if name not in self._read:
            self._read[name] = _sorted(listed_of(self._listed[name], self._subject))
        return self._read[name]

    def find(self, name: str, version: str) -> ChartVersion:
        """That very version, or else the highest in the range that ``version`` is; empty: any.

        Raises InputError if there is none.
        """
        listed = self.versions(name)
        for each in listed:
            if version and each.version.text == version:
                return each
        wanted = Range.parse(version or "*")
        for each in listed:
            if wanted.allows(each.version):
                return each
        raise self._missing(f"no version of the chart {name} matches {version or '*'!r}")

    def newest(self, name: str, versions: str) -> str:
        """The highest version in a range that can be had; InputError if there is none."""
        wanted = Range.parse(versions)
        for each in self.versions(name):
            if each.urls and wanted.allows(each.version):
                return each.version.text
        raise self._missing(f"no version of the chart {name} matches {versions!r}")

    def _missing(self, cause: str) -> InputError:
        return InputError(cause, subject=self._subject, next_step="check the name and the version")


@dataclass(slots=True)
class _Known:
    validators: Mapping[str, str]
    index: Index


class IndexCache:
    """Indexes by URL and who asks, for as long as the server says that they are current."""

    _MAX = 8

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _Known] = {}

    def conditions(self, key: tuple[str, str]) -> Mapping[str, str]:
        """The headers of a request that need not be answered in full."""
        known = self._known.get(key)
        return known.validators if known is not None else {}

    def current(self, key: tuple[str, str]) -> Index:
        """The index that the server just called current."""
        return self._known[key].index

    def keep(self, key: tuple[str, str], index: Index, headers: Mapping[str, str]) -> None:
        pairs = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        validators = {ask: headers[told] for ask, told in pairs.items() if told in headers}
        self._known.pop(key, None)
        if validators:
            self._known[key] = _Known(validators, index)
        while len(self._known) > self._MAX:
            del self._known[next(iter(self._known))]


def _sorted(listed: Any) -> tuple[ChartVersion, ...]:
    versions = _valid(listed if isinstance(listed, list) else [])
    return tuple(sorted(versions, key=lambda each: each.version, reverse=True))


def _valid(listed: list[Any]) -> Iterator[ChartVersion]:
    """Helm passes over what is not valid, so that one bad entry does not spoil the others."""
    for item in listed:
        if not isinstance(item, dict) or not item.get("name") or not item.get("version"):
            continue
        version = Version.find(str(item["version"]))
        urls = item.get("urls")
        urls = tuple(url for url in urls if isinstance(url, str)) if isinstance(urls, list) else ()
        if version is not None:
            yield ChartVersion(version, urls, str(item.get("digest") or ""))
