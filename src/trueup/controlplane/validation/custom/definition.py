"""Whether a CustomResourceDefinition can be served."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    forbidden,
    immutable,
    invalid,
    required,
    unsupported,
)
from trueup.controlplane.validation.custom.definitionversions import version_problems
from trueup.controlplane.validation.metadata import NameRule
from trueup.objects import Manifest, names


def definition_name_rule(definition: Manifest) -> NameRule:
    """A definition is named after what it defines."""
    spec = definition.get("spec") or {}
    wanted = f"{(spec.get('names') or {}).get('plural', '')}.{spec.get('group', '')}"

    def rule(name: str) -> list[str]:
        found = names.dns_subdomain(name)
        return found if name == wanted else [*found, 'must be spec.names.plural+"."+spec.group']

    return rule


def validate_definition(definition: Manifest) -> list[Cause]:
    """What is wrong with a new definition, beyond its metadata."""
    return [*_spec(definition["spec"]), *_stored_versions(definition), *_approval(definition)]


def validate_definition_update(new: Manifest, old: Manifest) -> list[Cause]:
    """What is wrong with a change of a definition."""
    found = [*_spec(new["spec"]), *_immutable(new["spec"], old)]
    return [*found, *_stored_versions(new)]


def _immutable(spec: Manifest, old: Manifest) -> Iterator[Cause]:
    before = old["spec"]
    mine, was = spec.get("names") or {}, before.get("names") or {}
    if _is_established(old):
        yield from immutable("spec.scope", spec.get("scope"), before.get("scope"))
        yield from immutable("spec.names.kind", mine.get("kind"), was.get("kind"))
    yield from immutable("spec.group", spec.get("group"), before.get("group"))
    yield from immutable("spec.names.plural", mine.get("plural"), was.get("plural"))


def _is_established(definition: Manifest) -> bool:
    conditions = (definition.get("status") or {}).get("conditions") or ()
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)


def _spec(spec: Manifest) -> Iterator[Cause]:
    yield from _group(str(spec.get("group") or ""))
    scope = spec.get("scope") or ""
    if not scope:
        yield required("spec.scope")
    elif scope not in {"Cluster", "Namespaced"}:
        yield unsupported("spec.scope", scope, ("Cluster", "Namespaced"))
    versions = spec.get("versions") or []
    yield from version_problems(versions)
    yield from _names(spec.get("names") or {})
    if spec.get("preserveUnknownFields"):
        detail = (
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in"
            " spec.versions[*].schema instead"
        )
        yield invalid("spec.preserveUnknownFields", True, detail)
    yield from _conversion(spec.get("conversion") or {})


def _group(group: str) -> Iterator[Cause]:
    problems = names.dns_subdomain(group)
    if not group:
        yield required("spec.group")
    elif problems:
        yield invalid("spec.group", group, ",".join(problems))
    elif "." not in group:
        yield invalid("spec.group", group, "should be a domain with at least one dot")


def _names(said: Manifest) -> Iterator[Cause]:
    for name in ("plural", "singular", "kind", "listKind"):
        text, place = str(said.get(name) or ""), child("spec.names", name)
        mixed = name.lower().endswith("kind")
        if not text:
            yield required(place)
        elif problems := names.dns_1035_label(text.lower() if mixed else text):
            note = "may have mixed case, but should otherwise match: " if mixed else ""
            yield invalid(place, text, note + ",".join(problems))
    for name in ("shortNames", "categories"):
        for at, text in enumerate(said.get(name) or ()):
            if problems := names.dns_1035_label(text):
                yield invalid(below(child("spec.names", name), at), text, ",".join(problems))
    if said.get("kind") and said.get("kind") == said.get("listKind"):
        detail = "kind and listKind may not be the same"
        yield invalid("spec.names.listKind", said["listKind"], detail)


def _conversion(conversion: Manifest) -> Iterator[Cause]:
    if not conversion:
        return
    strategy, webhook = conversion.get("strategy") or "", conversion.get("webhook")
    if not strategy:
        yield required("spec.conversion.strategy")
    elif strategy not in {"None", "Webhook"}:
        yield unsupported("spec.conversion.strategy", strategy, ("None", "Webhook"))
    place = "spec.conversion.webhookClientConfig"
    if strategy != "Webhook":
        if webhook:
            yield forbidden(place, "should not be set when strategy is not set to Webhook")
        return
    client = (webhook or {}).get("clientConfig")
    if not client:
        yield required(place, "required when strategy is set to Webhook")
    elif (client.get("url") is None) == (client.get("service") is None):
        yield required(place, "exactly one of url or service is required")
    yield from _review_versions((webhook or {}).get("conversionReviewVersions") or [])


def _review_versions(versions: list[str]) -> Iterator[Cause]:
    place = "spec.conversion.conversionReviewVersions"
    if not versions:
        yield required(place)
    elif not {"v1", "v1beta1"} & set(versions):
        yield invalid(place, versions, "must include at least one of v1, v1beta1")


def _stored_versions(definition: Manifest) -> Iterator[Cause]:
    stored = (definition.get("status") or {}).get("storedVersions") or []
    versions = definition["spec"].get("versions") or ()
    if not (stored or any(version.get("storage") for version in versions)):
        yield invalid("status.storedVersions", None, "must have at least one stored version")
    known = {version.get("name") for version in versions}
    for at, name in enumerate(stored):
        if name not in known:
            detail = (
                f"missing from spec.versions; {name} was previously a storage version, and must"
                " remain in spec.versions until a storage migration ensures no data remains"
                f" persisted in {name} and removes {name} from status.storedVersions"
            )
            yield invalid(below("status.storedVersions", at), name, detail)


def _approval(definition: Manifest) -> Iterator[Cause]:
    """Groups of Kubernetes itself are not for everybody to add to."""
    group = str(definition["spec"].get("group") or "")
    annotations = definition["metadata"].get("annotations") or {}
    if group.endswith((".k8s.io", ".kubernetes.io")) or group in {"k8s.io", "kubernetes.io"}:
        key = "api-approved.kubernetes.io"
        if not annotations.get(key):
            detail = "protected groups must have approval annotation"
            detail += f' "{key}", see https://github.com/kubernetes/enhancements/pull/1111'
            yield required(f"metadata.annotations[{key}]", detail)
