"""Named formats of texts: ``format.dns1123Label().validate(self.name)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from trueup.cel.registry import function
from trueup.cel.values import EvaluationError, Optional
from trueup.objects import names
from trueup.schema import formats

_Check = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """A named format, as a value of the language."""

    name: str
    cel_type: ClassVar[str] = "kubernetes.NamedFormat"


def _prefix(check: _Check) -> _Check:
    """For the start of a generated name, which may end in a dash."""
    return lambda text: check(names.generated_base(text))


def _or(check: formats.Check, complaint: str) -> _Check:
    return lambda text: [] if check(text) else [complaint]


_CHECKS: Final[Mapping[str, _Check]] = {
    "dns1123Label": names.dns_label,
    "dns1123LabelPrefix": _prefix(names.dns_label),
    "dns1123Subdomain": names.dns_subdomain,
    "dns1123SubdomainPrefix": _prefix(names.dns_subdomain),
    "dns1035Label": names.dns_1035_label,
    "dns1035LabelPrefix": _prefix(names.dns_1035_label),
    "qualifiedName": names.qualified_name,
    "labelValue": names.label_value,
    "uri": _or(formats.is_uri, "is no URI"),
    "uuid": _or(formats.FORMATS["uuid"], "does not match the UUID format"),
    "byte": _or(formats.is_base64, "invalid base64"),
    "date": _or(formats.is_date, "invalid date"),
    "datetime": _or(formats.is_datetime, "invalid datetime"),
}


def _declare(name: str) -> None:
    @function("kubernetes", f"format.{name}", "() -> kubernetes.NamedFormat")
    def constant() -> Format:
        return Format(name)


for _name in _CHECKS:
    _declare(_name)


@function("kubernetes", "format.named", "(string) -> optional_type<kubernetes.NamedFormat>")
def named(name: str) -> Optional:
    return Optional((Format(name),)) if name in _CHECKS else Optional()


@function(
    "kubernetes",
    "validate",
    "kubernetes.NamedFormat.(string) -> optional_type<list<string>>",
)
def validate(this: Format, text: str) -> Optional:
    """The complaints about ``text``; absent where it is good."""
    if this.name not in _CHECKS:
        raise EvaluationError(f"no such format: {this.name}")
    complaints = _CHECKS[this.name](text)
    return Optional((complaints,)) if complaints else Optional()
