"""List: selection, pages, and how old an answer may be.

Semantics: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import orjson

from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.fields import EntryTest, field_selector
from trueup.controlplane.registry.selectors import LabelTest, field_terms, label_selector
from trueup.controlplane.resources import Resource
from trueup.controlplane.store import Entry, Expired, Store
from trueup.errors import BadRequest

_CONTINUE_FORMAT = "meta.k8s.io/v1"
_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result."
    " You can start a new list without the continue parameter, or use the continue token in this"
    " response to retrieve the remainder of the results. Continuing with the provided token"
    " results in an inconsistent list - objects that were created, modified, or deleted between"
    " the time the first chunk was returned and now may show up in the list."
)


Entries: TypeAlias = list[Entry]
"""Spelt here, since a lister's own ``list`` hides the type."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What a client asks of a list, as it came."""

    label_selector: str = ""
    field_selector: str = ""
    limit: int = 0
    continue_token: str = ""
    resource_version: str = ""
    match: str = ""


class Page(NamedTuple):
    """``remaining`` is None where the rest was not counted, because of a selector."""

    entries: list[Entry]
    revision: int
    continue_token: str = ""
    remaining: int | None = None


class Selection:
    """Which entries of a resource a request is about."""

    def __init__(self, resource: Resource, namespace: str, labels: str, fields: str) -> None:
        self.prefix = resource.prefix(namespace)
        self._labels: LabelTest | None = label_selector(labels)
        self._fields: EntryTest | None = field_selector(resource, field_terms(fields))

    @property
    def is_everything(self) -> bool:
        return self._labels is None and self._fields is None

    def matches(self, entry: Entry) -> bool:
        if self._labels is not None and not self._labels(entry.labels):
            return False
        return self._fields is None or self._fields(entry)

    def of(self, entries: list[Entry]) -> list[Entry]:
        if self.is_everything:
            return entries
        return [entry for entry in entries if self.matches(entry)]


class Lister:
    """Lists the objects of a resource, page by page."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, resource: Resource, namespace: str, options: ListOptions) -> Page:
        """BadRequest for wrong options, Gone for a page or revision that has expired."""
        selection = Selection(resource, namespace, options.label_selector, options.field_selector)
        start = ""
        revision = self._store.revision
        if options.continue_token:
            revision, start = self._continue(options)
        elif options.resource_version not in {"", "0"}:
            revision = self._at(options)
        entries = self._entries(resource, selection, revision, start)
        return _page(entries, selection, options.limit, revision, start)

    def require_reached(self, revision: str) -> None:
        """BadRequest for a malformed revision, ApiError for one that does not exist yet."""
        if revision not in {"", "0"}:
            asked = parse_revision(revision, "invalid resource version: ")
            if asked > self._store.revision:
                raise refusals.future_revision(asked, self._store.revision)

    def _continue(self, options: ListOptions) -> tuple[int, str]:
        if options.resource_version not in {"", "0"}:
            raise refusals.bad_request(
                "specifying resource version is not allowed when using continue"
            )
        revision, start = _decode_token(options.continue_token)
        return (self._store.revision if revision < 0 else revision), start

    def _at(self, options: ListOptions) -> int:
        """The revision to list at: exactly the one asked for, or now."""
        asked = parse_revision(options.resource_version, "invalid resource version: ")
        if asked > self._store.revision:
            raise refusals.future_revision(asked, self._store.revision)
        return asked if options.match == "Exact" else self._store.revision

    def _entries(
        self, resource: Resource, selection: Selection, revision: int, start: str
    ) -> Entries:
        bucket = self._store.bucket(resource.bucket)
        if revision >= self._store.revision:
            return bucket.entries(selection.prefix)
        try:
            return bucket.entries_at(revision, selection.prefix)
        except Expired as error:
            if not start:
                raise refusals.expired(
                    "The resourceVersion for the provided list is too old."
                ) from error
            gone = refusals.expired(_TOO_OLD)
            gone.list_metadata = {"continue": _encode_token(-1, start)}
            raise gone from error


def parse_revision(text: str, doing: str = "") -> int:
    """BadRequest, whose words begin with what the server was ``doing``, if it is no number."""
    if not text.isdecimal():
        raise refusals.bad_request(f"{doing}{malformed_revision(text)}")
    return int(text)


def malformed_revision(text: str) -> str:
    wrong = f'strconv.ParseUint: parsing "{text}": invalid syntax'
    return f'resourceVersion: Invalid value: "{text}": {wrong}'


def _page(
    entries: list[Entry], selection: Selection, limit: int, revision: int, start: str
) -> Page:
    if start:
        keys = [entry.key for entry in entries]
        entries = entries[bisect_right(keys, start) :]
    found = selection.of(entries)
    if limit <= 0 or len(found) <= limit:
        return Page(found, revision)
    page = found[:limit]
    token = _encode_token(revision, page[-1].key)
    remaining = len(found) - limit if selection.is_everything else None
    return Page(page, revision, token, remaining)


def _encode_token(revision: int, start: str) -> str:
    token = {"v": _CONTINUE_FORMAT, "rv": revision, "start": f"{start}\0"}
    return base64.urlsafe_b64encode(orjson.dumps(token)).rstrip(b"=").decode()


def _decode_token(token: str) -> tuple[int, str]:
    alien = _NOT_BASE64.search(token)
    if alien or len(token) % 4 == 1:
        at = alien.start() if alien else len(token) - 1
        raise _bad_token(f"illegal base64 data at input byte {at}")
    try:
        found = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        version, revision, start = (found.get(name) for name in ("v", "rv", "start"))
    except (ValueError, AttributeError) as error:
        raise _bad_token("it is no JSON object") from error
    if version != _CONTINUE_FORMAT:
        raise _bad_token(f"server does not recognize this encoded version {version}")
    if not isinstance(revision, int) or revision == 0:
        raise _bad_token(f"incorrect encoded start resourceVersion (version {version})")
    if not isinstance(start, str) or not start:
        raise _bad_token(f"encoded start key empty (version {version})")
    return revision, start.rstrip("\0")


_NOT_BASE64 = re.compile(r"[^A-Za-z0-9_-]")


def _bad_token(cause: str) -> BadRequest:
    return refusals.bad_request(f"invalid continue token: continue key is not valid: {cause}")
