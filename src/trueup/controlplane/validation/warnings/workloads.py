"""What runs pods: warnings about their template, and about the name that their pods get."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.warnings.claims import claim_spec
from trueup.controlplane.validation.warnings.podspecs import template_warnings
from trueup.objects import Manifest, names

_TEMPLATE = "spec.template"
_JOB = "spec.jobTemplate.spec"


def pod(obj: Manifest, old: Manifest | None) -> Iterator[str]:
    """Only of a new one: programs change pods, and they read no warnings."""
    if old is None:
        yield from _name(obj, "the Pod's hostname")
        yield from template_warnings("", obj)


def pod_template(obj: Manifest, old: Manifest | None) -> Iterator[str]:
    if old is None or _is_changed(obj, old):
        yield from template_warnings("template", obj.get("template") or {})


def named(obj: Manifest, old: Manifest | None) -> Iterator[str]:
    if old is None:
        yield from _name(obj, "Pod names and hostnames")
    yield from templated(obj, old)


def templated(obj: Manifest, old: Manifest | None) -> Iterator[str]:
    if old is None or _is_changed(obj, old):
        yield from template_warnings(_TEMPLATE, obj["spec"].get("template") or {})


def stateful_set(obj: Manifest, old: Manifest | None) -> Iterator[str]:
    yield from templated(obj, old)
    spec = obj["spec"]
    for at, claim in enumerate(spec.get("volumeClaimTemplates") or ()):
        path = f"spec.volumeClaimTemplates[{at}]{'' if old is None else '.Spec'}"
        yield from claim_spec(path, claim.get("spec") or {})
    if (spec.get("revisionHistoryLimit") or 0) < 0:
        yield (
            "spec.revisionHistoryLimit: a negative value retains all historical revisions;"
            " a value >= 0 is recommended"
        )


def cron_job(obj: Manifest, old: Manifest | None) -> Iterator[str]:
    if old is None:
        yield from _name(obj, "Pod names and hostnames")
    if old is None or _is_changed(obj, old):
        job = obj["spec"]["jobTemplate"].get("spec") or {}
        yield from template_warnings(f"{_JOB}.template", job.get("template") or {})
    if old is not None and "TZ" in (obj["spec"].get("schedule") or ""):
        page = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"
        yield (
            "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead,"
            f" see {page} for more details"
        )


def _is_changed(obj: Manifest, old: Manifest) -> bool:
    return bool(obj["metadata"].get("generation") != old["metadata"].get("generation"))


def _name(obj: Manifest, use: str) -> Iterator[str]:
    if found := names.dns_label(str(obj["metadata"].get("name") or "")):
        yield (
            f"metadata.name: this is used in {use}, which can result in surprising behavior;"
            f" a DNS label is recommended: [{' '.join(found)}]"
        )
