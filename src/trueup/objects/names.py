"""What names, label keys and label values may look like, in the words of Kubernetes.

Each check gives the complaints about a text, none where it is good. The rules are those of
https://kubernetes.io/docs/concepts/overview/working-with-objects/names/.
"""

from __future__ import annotations

import re
from typing import Final

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_DNS_1035: Final = "[a-z]([-a-z0-9]*[a-z0-9])?"
_KEY: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE: Final = f"({_KEY})?"
_CONFIG_KEY: Final = "[-._a-zA-Z0-9]+"
_HTTP_HEADER: Final = "[-A-Za-z0-9]+"
_PERCENT: Final = "[0-9]+%"
_WILDCARD: Final = rf"\*\.{_SUBDOMAIN}"

_ALPHANUMERIC: Final = "and must start and end with an alphanumeric character"
_KEY_RULE: Final = f"must consist of alphanumeric characters, '-', '_' or '.', {_ALPHANUMERIC}"

MAX_LABEL: Final = 63
MAX_SUBDOMAIN: Final = 253


def dns_label(text: str) -> list[str]:
    found = _longer(text, MAX_LABEL)
    if not _matches(_LABEL, text):
        if _matches(_SUBDOMAIN, text):
            return [*found, "must not contain dots"]
        rule = (
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters"
            f" or '-', {_ALPHANUMERIC}"
        )
        found.append(_explained(rule, _LABEL, "my-name", "123-abc"))
    return found


def dns_subdomain(text: str) -> list[str]:
    return _subdomain(text, _longer(text, MAX_SUBDOMAIN))


def _subdomain(text: str, found: list[str]) -> list[str]:
    if not _matches(_SUBDOMAIN, text):
        rule = (
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
            f" '-' or '.', {_ALPHANUMERIC}"
        )
        found.append(_explained(rule, _SUBDOMAIN, "example.com"))
    return found


def dns_1035_label(text: str) -> list[str]:
    found = _longer(text, MAX_LABEL)
    if not _matches(_DNS_1035, text):
        rule = (
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-',"
            " start with an alphabetic character, and end with an alphanumeric character"
        )
        found.append(_explained(rule, _DNS_1035, "my-name", "abc-123"))
    return found


def wildcard_subdomain(text: str) -> list[str]:
    found = _longer(text, MAX_SUBDOMAIN)
    if not _matches(_WILDCARD, text):
        rule = (
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS"
            " subdomain, which must consist of lower case alphanumeric characters, '-' or '.'"
            " and end with an alphanumeric character"
        )
        found.append(_explained(rule, _WILDCARD, "*.example.com"))
    return found


def qualified_name(text: str) -> list[str]:
    """A label key, an annotation's, a finalizer: a name with or without a domain before a slash."""
    prefix, slash, name = text.rpartition("/")
    if text.count("/") > 1:
        examples = _explained(_KEY_RULE, _KEY, "MyName", "my.name", "123-abc")
        return [
            (
                f"a valid label key {examples} with an optional DNS subdomain prefix and '/'"
                " (e.g. 'example.com/MyName')"
            )
        ]
    found = []
    if slash and not prefix:
        found.append("prefix part must be non-empty")
    elif slash:
        problems = _subdomain(prefix, _longer(prefix, MAX_SUBDOMAIN, "bytes"))
        found += [f"prefix part {problem}" for problem in problems]
    if not name:
        return [*found, "name part must be non-empty", *_bad_key(name)]
    found += [f"name part {problem}" for problem in _longer(name, MAX_LABEL, "bytes")]
    return found + _bad_key(name)


def _bad_key(name: str) -> list[str]:
    if _matches(_KEY, name):
        return []
    return [f"name part {_explained(_KEY_RULE, _KEY, 'MyName', 'my.name', '123-abc')}"]


def label_value(text: str) -> list[str]:
    found = _longer(text, MAX_LABEL, "bytes")
    if not _matches(_VALUE, text):
        rule = (
            "a valid label must be an empty string or consist of alphanumeric characters,"
            f" '-', '_' or '.', {_ALPHANUMERIC}"
        )
        found.append(_explained(rule, _VALUE, "MyValue", "my_value", "12345"))
    return found


def config_key(text: str) -> list[str]:
    """A key of a ConfigMap's or Secret's data: it becomes a file name."""
    found = _longer(text, MAX_SUBDOMAIN)
    if not _matches(_CONFIG_KEY, text):
        rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
        found.append(_explained(rule, _CONFIG_KEY, "key.name", "KEY_NAME", "key-name"))
    return found + _parent_folder(text)


def environment_name(text: str) -> list[str]:
    """A container's environment variable, by the relaxed rule of Kubernetes 1.34 and later."""
    if not text:
        return ["environment variable name must be non-empty"]
    if all(" " <= char <= "~" and char != "=" for char in text):
        return []
    return [
        (
            "a valid environment variable name must consist only of printable ASCII characters"
            " other than '='"
        )
    ]


def port_name(text: str) -> list[str]:
    found = [] if len(text) <= 15 else ["must be no more than 15 characters"]
    if not re.fullmatch("[-a-z0-9]+", text):
        found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", text):
        found.append("must contain at least one letter (a-z)")
    if "--" in text:
        found.append("must not contain consecutive hyphens")
    if text and "-" in (text[0], text[-1]):
        found.append("must not begin or end with a hyphen")
    return found


def http_header(text: str) -> list[str]:
    if _matches(_HTTP_HEADER, text):
        return []
    rule = "a valid HTTP header must consist of alphanumeric characters or '-'"
    return [_explained(rule, _HTTP_HEADER, "X-Header-Name")]


def percent(text: str) -> list[str]:
    if _matches(_PERCENT, text):
        return []
    rule = "a valid percent string must be a numeric string followed by an ending '%'"
    return [_explained(rule, _PERCENT, "1%", "93%")]


def path_segment(text: str) -> list[str]:
    """Whatever can stand between two slashes of a URL."""
    if text in {".", ".."}:
        return [f"may not be '{text}'"]
    return path_segment_prefix(text)


def path_segment_prefix(text: str) -> list[str]:
    return [f"may not contain '{part}'" for part in ("/", "%") if part in text]


def generated_base(text: str) -> str:
    """``text``, a generateName, as the start of a name: it may end in a dash."""
    return f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None


def _longer(text: str, limit: int, unit: str = "characters") -> list[str]:
    """Of names Kubernetes says that it counts characters, of keys and labels bytes; it means bytes."""
    size = len(text.encode(errors="surrogatepass"))
    return [f"must be no more than {limit} {unit}"] if size > limit else []


def _explained(rule: str, pattern: str, *examples: str) -> str:
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{rule} (e.g. {shown}regex used for validation is '{pattern}')"


def _parent_folder(text: str) -> list[str]:
    if text in {".", ".."}:
        return [f"must not be '{text}'"]
    return ["must not start with '..'"] if text.startswith("..") else []
