"""Kustomization (kustomize.toolkit.fluxcd.io/v1) as the engine's Delivery."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from trueup.dialects.flux import decryption as sops
from trueup.dialects.flux import names
from trueup.dialects.flux.conventions import CONVENTIONS, stages
from trueup.dialects.flux.decryption import BY_SECRETS, Decryption, Decryptor
from trueup.dialects.flux.ignored import ignored_fields
from trueup.dialects.flux.manifests import render_objects
from trueup.dialects.flux.sent import bring_into_form
from trueup.dialects.flux.shape import check_shape
from trueup.dialects.flux.tenancy import OPEN, Tenancy
from trueup.errors import ExpressionError, InputError, RenderError, TrueupError, of_defect
from trueup.flow import (
    DeletionPolicy,
    Delivery,
    Dependency,
    HealthPolicy,
    HealthRule,
    Rendering,
    Target,
    digest_of,
)
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.objects.names import dns_subdomain
from trueup.observe.health.expressions import StatusExpressions
from trueup.plan.mask import (
    confidential_texts,
    decrypted_texts,
    holds,
    is_secret,
    scrub_error,
)
from trueup.report.times import seconds_of
from trueup.tree import Tree

_MIN_TIMEOUT = 30.0
_SOURCE_GROUP = {
    "GitRepository": names.SOURCE_GROUP,
    "OCIRepository": names.SOURCE_GROUP,
    "Bucket": names.SOURCE_GROUP,
    "ExternalArtifact": names.SOURCE_GROUP,
}


def is_suspended(resource: Mapping[str, Any]) -> bool:
    return bool((resource.get("spec") or {}).get("suspend"))


def delivery_of(
    resource: Manifest, tenancy: Tenancy = OPEN, decryption: Decryption = BY_SECRETS
) -> Delivery:
    """The resource's spec as a Delivery; InputError names the field that is wrong."""
    ref = ObjectRef.of(resource)
    spec = resource.get("spec") or {}
    subject = str(ref)
    encrypted = sops.wanted(spec, ref, decryption)
    interval = seconds_of(spec.get("interval") or "", f"{subject}: spec.interval")
    retry = _seconds(spec, "retryInterval", subject, default=interval)
    timeout = _seconds(spec, "timeout", subject, default=max(interval - 30, _MIN_TIMEOUT))
    labels = {
        names.OWNER_NAME_LABEL: ref.name,
        names.OWNER_NAMESPACE_LABEL: ref.namespace,
    }
    return Delivery(
        ref=ref,
        source=_source(spec.get("sourceRef") or {}, ref),
        path=spec.get("path") or "",
        interval=interval,
        retry_interval=retry,
        conventions=CONVENTIONS,
        labels=labels,
        render=lambda tree, inputs: _render(resource, labels, tree, inputs, encrypted),
        render_key=digest_of([spec, ref.namespace, ref.name]),
        inputs=tuple(_inputs(spec, ref.namespace, encrypted)),
        waits=encrypted is not None,
        target=_target(spec, ref.namespace, tenancy),
        prune=bool(spec.get("prune")),
        deletion=DeletionPolicy(spec.get("deletionPolicy") or "MirrorPrune"),
        health=_health(spec, ref, max(timeout, 1.0)),
        depends_on=tuple(_dependency(item, ref) for item in spec.get("dependsOn") or ()),
        ignored_fields=tuple(ignored_fields(item) for item in spec.get("ignore") or ()),
    )


def _seconds(spec: Mapping[str, Any], field: str, subject: str, *, default: float) -> float:
    text = spec.get(field)
    return seconds_of(text, f"{subject}: spec.{field}") if text else default


def source_of(resource: Mapping[str, Any]) -> ObjectRef | None:
    """The source that the resource names; None if it names none properly."""
    try:
        return _source((resource.get("spec") or {}).get("sourceRef") or {}, ObjectRef.of(resource))
    except InputError:
        return None


def dependencies_of(resource: Mapping[str, Any]) -> list[ObjectRef]:
    """Those that the resource names properly."""
    ref, wanted = ObjectRef.of(resource), (resource.get("spec") or {}).get("dependsOn") or ()
    return [_dependency(item, ref).ref for item in wanted if item.get("name")]


def _source(source: Mapping[str, Any], ref: ObjectRef) -> ObjectRef:
    kind, name = source.get("kind") or "", source.get("name") or ""
    if not (kind and name):
        raise InputError("spec.sourceRef needs kind and name", subject=str(ref))
    group = str(source.get("apiVersion") or "").rpartition("/")[0] or _SOURCE_GROUP.get(kind, "")
    return ObjectRef(group, kind, source.get("namespace") or ref.namespace, name, "v1")


def _inputs(
    spec: Mapping[str, Any], namespace: str, encrypted: sops.Wanted | None
) -> list[tuple[ObjectRef, bool]]:
    found = encrypted.inputs if encrypted is not None else []
    for item in (spec.get("postBuild") or {}).get("substituteFrom") or ():
        ref = ObjectRef("", item["kind"], namespace, item["name"], "v1")
        found.append((ref, bool(item.get("optional"))))
    return found


def _target(spec: Mapping[str, Any], namespace: str, tenancy: Tenancy) -> Target:
    user = _user(namespace, spec.get("serviceAccountName") or tenancy.default_service_account)
    kubeconfig = spec.get("kubeConfig")
    if not kubeconfig:
        return Target(user)
    secret, config_map = (kubeconfig.get(key) or {} for key in ("secretRef", "configMapRef"))
    if name := secret.get("name"):
        ref = ObjectRef("", "Secret", namespace, name, "v1")
        return Target(user, ref, secret.get("key") or "")
    if name := config_map.get("name"):
        ref = ObjectRef("", "ConfigMap", namespace, name, "v1")
        return Target(user, ref, default_identity=tenancy.identity_service_account)
    raise InputError("spec.kubeConfig needs secretRef.name or configMapRef.name")


def _user(namespace: str, account: str) -> str:
    """Empty if there is no account; only a proper name cannot make up another user."""
    if not account:
        return ""
    if problems := dns_subdomain(account):
        raise InputError(
            f"spec.serviceAccountName {account!r} is no name: {problems[0]}",
            next_step="name a ServiceAccount of the same namespace",
        )
    return f"system:serviceaccount:{namespace}:{account}"


def _health(spec: Mapping[str, Any], ref: ObjectRef, timeout: float) -> HealthPolicy:
    wait = bool(spec.get("wait"))
    checks: list[ObjectRef] = []
    for item in () if wait else spec.get("healthChecks") or ():
        gvk = GroupVersionKind.of(item.get("apiVersion") or "v1", item["kind"])
        namespace = item.get("namespace") or ""
        checks.append(ObjectRef(gvk.group, gvk.kind, namespace, item["name"], gvk.version))
    rules = tuple(
        _rule(item, f"spec.healthCheckExprs[{index}]")
        for index, item in enumerate(spec.get("healthCheckExprs") or ())
    )
    return HealthPolicy(wait, tuple(c for c in checks if c != ref), rules, timeout)


def _rule(item: Mapping[str, Any], where: str) -> HealthRule:
    """Raises ExpressionError for an expression that does not parse."""
    group = str(item.get("apiVersion") or "").rpartition("/")[0]
    texts = [item.get(key) or "" for key in ("current", "inProgress", "failed")]
    try:
        StatusExpressions.compile(*texts)
    except ExpressionError as error:
        error.subject = f"{where}: {error.subject}"
        raise
    return HealthRule(group, item.get("kind") or "", *texts)


def _dependency(item: Mapping[str, Any], ref: ObjectRef) -> Dependency:
    namespace = item.get("namespace") or ref.namespace
    other = ObjectRef(ref.group, ref.kind, namespace, item["name"], ref.version)
    return Dependency(other, item.get("readyExpr") or "")


def _render(
    resource: Manifest,
    labels: Mapping[str, str],
    tree: Tree,
    inputs: Sequence[Manifest],
    encrypted: sops.Wanted | None,
) -> Rendering:
    if encrypted is None:
        return _finished(resource, labels, render_objects(tree, resource, inputs), inputs)
    with encrypted.open_keys(inputs) as keys:
        decryptor = Decryptor(keys)
        try:
            objects = render_objects(tree, resource, inputs, decryptor)
            return _finished(resource, labels, objects, inputs, decryptor)
        except TrueupError as error:
            scrub_error(error, decrypted_texts(decryptor.secrets))
            raise
        except Exception as error:  # its words may hold what was decrypted
            raise of_defect(error, "rendering what was decrypted") from None


def _finished(
    resource: Manifest,
    labels: Mapping[str, str],
    objects: Sequence[Manifest],
    inputs: Sequence[Manifest],
    decryptor: Decryptor | None = None,
) -> Rendering:
    spec = resource["spec"]
    metadata = spec.get("commonMetadata") or {}
    for obj in objects:
        check_shape(obj)
        _refuse_encrypted(obj)
        _encode_string_data(obj)
        bring_into_form(obj)
        _mark(obj, "labels", {**labels, **(metadata.get("labels") or {})})
        _mark(obj, "annotations", metadata.get("annotations") or {})
    built = stages(objects, force=bool(spec.get("force")))
    content = sha256()
    for stage in built:
        for desired in stage.objects:
            content.update(desired.body)
    texts = decrypted_texts(decryptor.secrets) if decryptor else ()
    guarded = _guarded(objects, decryptor, texts) if decryptor else frozenset()
    confidential = (*confidential_texts(filter(is_secret, inputs)), *texts)
    return Rendering(built, f"sha256:{content.hexdigest()}", confidential, guarded)


def _guarded(
    objects: Sequence[Manifest], decryptor: Decryptor, texts: Sequence[str]
) -> frozenset[ObjectRef]:
    """The objects that a decrypted value went into. Of Secrets nothing is shown anyway."""
    return frozenset(
        ObjectRef.of(obj)
        for obj in objects
        if not is_secret(obj) and (sops.identity(obj) in decryptor.decrypted or holds(obj, texts))
    )


def _refuse_encrypted(obj: Manifest) -> None:
    if is_secret(obj) and "sops" in obj and not sops.is_opted_out(obj):
        raise RenderError(
            f"{ObjectRef.of(obj)} is SOPS encrypted, configuring decryption is required "
            "for this secret to be reconciled"
        )


def _encode_string_data(obj: Manifest) -> None:
    """``stringData`` as ``data``: the server keeps only that, so only that can be seen to drift."""
    texts = obj.get("stringData")
    if obj.get("kind") != "Secret" or obj.get("apiVersion") != "v1" or not texts:
        return
    encoded = {key: base64.b64encode((text or "").encode()).decode() for key, text in texts.items()}
    obj["data"] = {**(obj.get("data") or {}), **encoded}
    del obj["stringData"]


def _mark(obj: Manifest, field: str, values: Mapping[str, str]) -> None:
    if values:
        metadata = obj.setdefault("metadata", {})
        metadata[field] = {**(metadata.get(field) or {}), **values}
