"""``index.yaml``: which versions of which charts a repository has, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from trueup.errors import InputError
from trueup.fetch.semver import Range, Version
from trueup.objects import yaml

MAX_INDEX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChartVersion:
    """One version; of ``urls`` the first one counts. ``digest`` may be empty."""

    version: str
    urls: tuple[str, ...]
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """The versions of each chart, the highest first."""

    entries: Mapping[str, tuple[ChartVersion, ...]]

    @classmethod
    def parse(cls, content: bytes, subject: str) -> Index:
        """Raises InputError for what Helm does not take for an index."""
        document = _document(content, subject)
        if not isinstance(document, dict) or not document.get("apiVersion"):
            raise InputError(
                "is no index of a chart repository: no API version specified", subject=subject
            )
        entries = document.get("entries") or {}
        if not isinstance(entries, dict):
            raise InputError("entries is no map", subject=subject)
        return cls({name: _sorted(versions) for name, versions in entries.items()})

    def find(self, name: str, version: str, subject: str) -> ChartVersion:
        """That very version, or else the highest in the range that ``version`` is; empty: any.

        Raises InputError if there is none.
        """
        listed = self._versions(name, subject)
        for each in listed:
            if version and each.version == version:
                return each
        wanted = Range.parse(version or "*")
        for each in listed:
            parsed = Version.find(each.version)
            if parsed is not None and wanted.allows(parsed):
                return each
        raise _missing(f"no version of the chart {name} matches {version or '*'!r}", subject)

    def newest(self, name: str, versions: str, subject: str) -> str:
        """The highest version in a range that can be had; InputError if there is none."""
        wanted = Range.parse(versions)
        for each in self._versions(name, subject):
            parsed = Version.find(each.version)
            if parsed is not None and each.urls and wanted.allows(parsed):
                return each.version
        raise _missing(f"no version of the chart {name} matches {versions!r}", subject)

    def _versions(self, name: str, subject: str) -> Sequence[ChartVersion]:
        if name not in self.entries:
            raise _missing(f"there is no chart {name}", subject)
        return self.entries[name]


@dataclass(slots=True)
class _Known:
    validators: Mapping[str, str]
    index: Index


class IndexCache:
    """Indexes by URL and who asks, for as long as the server says that they are current."""

    _MAX = 32

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


def _document(content: bytes, subject: str) -> Any:
    if content.lstrip()[:1] == b"{":
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            pass
    return yaml.load(content, subject)


def _sorted(listed: Any) -> tuple[ChartVersion, ...]:
    versions = list(_valid(listed if isinstance(listed, list) else []))
    parsed = [(Version.find(each.version), each) for each in versions]
    ordered = [(version, each) for version, each in parsed if version is not None]
    ordered.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(each for _, each in ordered)


def _valid(listed: list[Any]) -> Iterator[ChartVersion]:
    """Helm passes over what is not valid, so that one bad entry does not spoil the others."""
    for item in listed:
        if not isinstance(item, dict) or not item.get("name") or not item.get("version"):
            continue
        urls = item.get("urls")
        urls = tuple(url for url in urls if isinstance(url, str)) if isinstance(urls, list) else ()
        yield ChartVersion(str(item["version"]), urls, str(item.get("digest") or ""))


def _missing(cause: str, subject: str) -> InputError:
    return InputError(cause, subject=subject, next_step="check the name and the version")
