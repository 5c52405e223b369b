"""Pod templates, and what keeps copies of templates: replication controllers and revisions."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.paths import NOT_NEGATIVE, not_negative
from trueup.controlplane.validation.builtin.pods import template_problems
from trueup.controlplane.validation.causes import (
    Cause,
    immutable,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest


def pod_template(obj: Manifest) -> Iterator[Cause]:
    yield from template_problems(obj.get("template") or {}, "template")


def replication_controller(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    yield from not_negative(obj, ("spec.minReadySeconds",))
    selector, template = spec.get("selector") or {}, spec.get("template")
    if not selector and template is not None:
        yield required("spec.selector")
    if template is None:
        yield required("spec.template")
    else:
        yield from _replicated(selector, template)
    yield from not_negative(obj, ("spec.replicas",))


def _replicated(selector: Manifest, template: Manifest) -> Iterator[Cause]:
    labels = (template.get("metadata") or {}).get("labels") or {}
    if selector and not selector.items() <= labels.items():
        detail = "`selector` does not match template `labels`"
        yield invalid("spec.template.metadata.labels", labels or None, detail)
    yield from template_problems(template, "spec.template")
    policy = (template.get("spec") or {}).get("restartPolicy", "Always")
    if policy != "Always":
        yield unsupported("spec.template.spec.restartPolicy", policy, ("Always",))


def controller_revision(obj: Manifest) -> Iterator[Cause]:
    number = obj.get("revision") or 0
    if number < 0:
        yield invalid("revision", number, NOT_NEGATIVE)
    if obj.get("data") is None:
        yield required("data", "data is mandatory")


def controller_revision_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    yield from immutable("data", new.get("data"), old.get("data"))
