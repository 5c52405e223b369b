"""A template that is laid into a chart, for what Helm's library cannot be told otherwise.

The library takes values as JSON, where all numbers are floats to Go, but those of ``--set`` are
integers, and print otherwise from a million on. And it does not look at the chart's ``kubeVersion``.
So a template without output, of a name that makes it the first to run, sets the integers and compares
the version with Helm's own functions. It sets what still has the same value only: a subchart's global
values may have been replaced by its parent's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trueup.objects.gotext import quoted
from trueup.render.helm.request import ChartRequest

_CHECK = """
{{- if not (semverCompare %s .Capabilities.KubeVersion.String) }}
{{- fail (printf %s .Capabilities.KubeVersion.Version) }}
{{- end }}
"""

_INTEGERS = """
{{- define "trueup.integers" }}
{{- $values := index . 0 }}
{{- range $key, $value := index . 1 }}
{{- $there := get $values $key }}
{{- if and (kindIs "map" $value) (kindIs "map" $there) }}
{{- include "trueup.integers" (list $there $value) }}
{{- else if and (kindIs "float64" $there) (kindIs "int64" $value) }}
{{- if eq $there (float64 $value) }}{{ $_ := set $values $key $value }}{{ end }}
{{- else if and (kindIs "slice" $there) (kindIs "slice" $value) }}
{{- if eq (toJson $there) (toJson (fromJsonArray (toJson $value))) }}{{ $_ := set $values $key $value }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- define "trueup.globals" }}
{{- $charts := index . 0 }}
{{- $integers := index . 1 }}
{{- if kindIs "map" (get $integers "global") }}
{{- include "trueup.spread" (list $charts $integers.global) }}
{{- end }}
{{- range $name, $chart := $charts }}
{{- if kindIs "map" (get $integers $name) }}
{{- include "trueup.globals" (list $chart.Subcharts (get $integers $name)) }}
{{- end }}
{{- end }}
{{- end }}
{{- define "trueup.spread" }}
{{- $integers := index . 1 }}
{{- range $_, $chart := index . 0 }}
{{- if kindIs "map" $chart.Values.global }}
{{- include "trueup.integers" (list $chart.Values.global $integers) }}
{{- end }}
{{- include "trueup.spread" (list $chart.Subcharts $integers) }}
{{- end }}
{{- end }}
{{- $integers := %s }}
{{- include "trueup.integers" (list .Values $integers) }}
{{- include "trueup.globals" (list .Subcharts $integers) }}
"""


def guard_of(request: ChartRequest) -> str:
    """The template, or nothing if ``request`` can do without."""
    constraint = request.chart.kube_version
    text = _CHECK % (quoted(constraint), quoted(_complaint(constraint))) if constraint else ""
    integers = _with_integers(request.values)
    if integers:
        text += _INTEGERS % _expression(integers)
    return text


def _complaint(constraint: str) -> str:
    """The format of Helm's message, with the version left open."""
    escaped = constraint.replace("%", "%%")
    return f"chart requires kubeVersion: {escaped} which is incompatible with Kubernetes %s"


def _with_integers(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``values`` is an integer, or a list with one within."""
    return dict(_integers(values))


def _integers(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            if below := _with_integers(value):
                yield key, below
        elif _has_integer(value):
            yield key, value


def _has_integer(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_integer, value))
    if isinstance(value, Mapping):
        return any(map(_has_integer, value.values()))
    return isinstance(value, int) and not isinstance(value, bool)


def _expression(value: Any) -> str:
    """``value`` in the language of templates."""
    match value:
        case None:
            return "nil"
        case bool():
            return str(value).lower()
        case int():
            return f"(int64 {value})"
        case float():
            return f'(float64 "{value!r}")'
        case str():
            return quoted(value)
        case list():
            return f"(list {' '.join(map(_expression, value))})"
    pairs = (f"{quoted(key)} {_expression(item)}" for key, item in value.items())
    return f"(dict {' '.join(pairs)})"
