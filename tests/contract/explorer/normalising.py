"""What two servers may say differently: identities, versions, times, addresses; made alike here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from tests.contract.explorer.bodies import merged

UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ADDRESS = re.compile(r"\b10\.96\.\d+\.\d+\b")
STORE = re.compile(r"StorageError: invalid object, .*?AdditionalErrorMsg: ")
"""Where the real server stores an object is its own affair."""
_SHOWN = re.compile(r"^Invalid value: [{[].*: field is immutable$", re.DOTALL)
"""Some values are shown as they lie in kube-apiserver's memory, others as in the request."""
_POD_DIFF = "\n@@"
"""Only kube-apiserver shows what of a pod would change."""
_UNDECLARED = "field not declared in schema"
"""At the first one Go stops to walk its map, which has no order: what else is wrong counts not."""
_NODE_PORTS = range(30000, 65536)
"""Those that a server gives; kube-apiserver makes up others, from 32768 on, for a dry run."""
_LOST_RULES = "f:rules"
"""Whether rules are empty or none only kube-apiserver still knows when it notes who set them."""
FOREIGN = {"kube-root-ca.crt", "default"}
"""Objects that every namespace has, put there at times of the server's own."""


class Normaliser:
    """Of one server, for one sequence: what is new to it gets the next number of its sort."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        self._numbers: dict[tuple[str, str], str] = {}

    def call(self, text: str, name: str) -> None:
        """From now on ``text`` is shown as ``name``."""
        self._names[text] = name

    def body(self, body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("items"), list):
            own = [item for item in body["items"] if _name(item) not in FOREIGN]
            rest = {k: v for k, v in body["metadata"].items() if k != "resourceVersion"}
            return self._value({**body, "metadata": rest, "items": self._in_order(own)}, "")
        if isinstance(body, dict) and body.get("kind") == "Status":
            return _ordered(self._status(body))
        return self._value(body, "")

    def _in_order(self, items: list[Any]) -> list[Any]:
        """Names that were generated from the same beginning are in no order: by version, then."""
        alike = groupby(items, key=lambda item: self.shown(str(_name(item))))
        return [item for _, items in alike for item in sorted(items, key=_version)]

    def _status(self, body: dict[str, Any]) -> Any:
        """A message may name versions; a patched object that does not fit only the real server shows
        (it may be a Secret), and says in the words of several decoders why.
        """
        shown = self._value(body, "")
        message = shown.get("message", "")
        message = shown["message"] = STORE.sub("", message)
        for cause in (shown.get("details") or {}).get("causes") or ():
            if cause.get("field") == "patch":
                message = shown["message"] = cause["message"] = "<unfit>"
            elif _SHOWN.match(cause.get("message", "")):
                message = shown["message"] = cause["message"] = "<immutable>"
            elif _POD_DIFF in cause.get("message", ""):
                cause["message"] = cause["message"].partition(_POD_DIFF)[0]
                message = shown["message"] = message.partition(_POD_DIFF)[0]
        if _UNDECLARED in message:
            shown["message"] = f"{message.partition('): ')[0]}): {_UNDECLARED}"
        elif "errors:" in message:
            shown["message"] = sorted(message.splitlines())
        elif "ersion" in message:
            shown["message"] = re.sub(r"\b\d+\b", self._known_version, message)
        return shown

    def _known_version(self, match: re.Match[str]) -> str:
        return self._numbers.get(("version", match[0]), match[0])

    def _value(self, value: Any, key: str) -> Any:
        if isinstance(value, dict) and _LOST_RULES in value:
            value = {name: item for name, item in value.items() if name != _LOST_RULES}
        if isinstance(value, dict):
            shown = {self.shown(k): self._value(v, k) for k, v in value.items()}
            return {k: v for k, v in shown.items() if k != "managedFields" or v}
        if isinstance(value, list):
            shown = [self._value(item, key) for item in value]
            return _told(shown) if key == "managedFields" else shown
        if isinstance(value, str):
            return self._known(value, key)
        if key.endswith("odePort") and isinstance(value, int) and value in _NODE_PORTS:
            return "<port>"
        return value

    def _known(self, text: str, key: str) -> str:
        if key == "resourceVersion" and text:
            return self._number("version", text)
        if key == "continue" and text:
            return "<continue>"
        return self.shown(text)

    def shown(self, text: str) -> str:
        for name, shown in self._names.items():
            text = text.replace(name, shown)
        text = UUID.sub(lambda match: self._number("uid", match[0]), text)
        return ADDRESS.sub("<address>", TIME.sub(_time, text))

    def _number(self, sort: str, text: str) -> str:
        count = sum(kind == sort for kind, _ in self._numbers)
        return self._numbers.setdefault((sort, text), f"<{sort} {count + 1}>")


def _name(item: Any) -> Any:
    return item.get("metadata", {}).get("name") if isinstance(item, dict) else None


def _version(item: Any) -> int:
    return int(item["metadata"].get("resourceVersion") or 0)


def _time(match: re.Match[str]) -> str:
    """Now, more or less, is a time of the server's; any other was given."""
    try:
        told = datetime.fromisoformat(match[0])
    except ValueError:  # given, and refused
        return match[0]
    return "<time>" if abs(datetime.now(UTC) - told) < timedelta(days=1) else match[0]


def _entry(entry: Any) -> list[str]:
    """The order of entries hangs on the second at which each was made."""
    keys = ("operation", "manager", "apiVersion", "subresource")
    return [str(entry.get(key)) for key in keys] if isinstance(entry, dict) else []


def _told(entries: list[Any]) -> list[Any]:
    """In an order of their own; without those that come to nothing."""
    return sorted((each for each in _joined(entries) if each.get("fieldsV1")), key=_entry)


def _joined(entries: list[Any]) -> list[Any]:
    """An updater whose entry kube-apiserver has split in two, for want of a time, counts as one."""
    found: dict[str, Any] = {}
    for entry in sorted(entries, key=str):
        known = found.setdefault(str(_entry(entry)), entry)
        if known is not entry and isinstance(entry, dict):
            fields = merged(known.get("fieldsV1"), entry.get("fieldsV1"))
            found[str(_entry(entry))] = {**known, **entry, "fieldsV1": fields}
    return list(found.values())


def _ordered(status: Any) -> Any:
    """Go walks its maps in no order, and several validators may find the same of a custom resource:
    the order of causes does not count, nor how often one comes.
    """
    found = (status.get("details") or {}).get("causes") or []
    causes = [cause for at, cause in enumerate(found) if cause not in found[:at]]
    if len(causes) < len(found):
        status = {**status, "details": {**status["details"], "causes": causes}}
    if len(causes) < 2:
        return status
    details = {**status["details"], "causes": sorted(causes, key=str)}
    message = sorted(re.split(r", |\[|\]", status["message"]))
    return {**status, "details": details, "message": message}
