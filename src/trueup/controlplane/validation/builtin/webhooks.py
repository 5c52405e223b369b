"""MutatingWebhookConfiguration and ValidatingWebhookConfiguration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from trueup.controlplane.validation.builtin.admission_rules import (
    FAILURE_POLICIES,
    MATCH_POLICIES,
    choice,
    condition_problems,
    rule_problems,
    selectors,
)
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_SIDE_EFFECTS: Final = ("None", "NoneOnDryRun")
_REINVOCATION: Final = ("IfNeeded", "Never")
_VERSIONS: Final = ("v1", "v1beta1")
_FORM: Final = "; desired format: https://host[/path]"


def configuration(obj: Manifest) -> Iterator[Cause]:
    seen: set[str] = set()
    for at, hook in enumerate(obj.get("webhooks") or ()):
        path, name = below("webhooks", at), str(hook.get("name") or "")
        yield from _webhook(hook, path)
        versions = hook.get("admissionReviewVersions") or []
        yield from _versions(versions, child(path, "admissionReviewVersions"))
        if name in seen:
            yield duplicate(child(path, "name"), name)
        seen |= {name} if name else set()


def _webhook(hook: Manifest, path: str) -> Iterator[Cause]:
    yield from _name(str(hook.get("name") or ""), child(path, "name"))
    for at, rule in enumerate(hook.get("rules") or ()):
        yield from rule_problems(rule, below(child(path, "rules"), at))
    yield from choice(hook.get("failurePolicy"), FAILURE_POLICIES, child(path, "failurePolicy"))
    yield from choice(hook.get("matchPolicy"), MATCH_POLICIES, child(path, "matchPolicy"))
    yield from _side_effects(hook.get("sideEffects"), child(path, "sideEffects"))
    seconds = hook.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= 30:
        detail = "the timeout value must be between 1 and 30 seconds"
        yield invalid(child(path, "timeoutSeconds"), seconds, detail)
    yield from selectors(hook, path)
    policy = hook.get("reinvocationPolicy")
    yield from choice(policy, _REINVOCATION, child(path, "reinvocationPolicy"))
    yield from _client(hook.get("clientConfig") or {}, child(path, "clientConfig"))
    conditions = hook.get("matchConditions") or ()
    yield from condition_problems(conditions, child(path, "matchConditions"))


def _name(name: str, path: str) -> Iterator[Cause]:
    if not name:
        yield required(path)
    elif problems := names.dns_subdomain(name):
        yield invalid(path, name, ",".join(problems))
    elif name.count(".") < 2:
        detail = "should be a domain with at least three segments separated by dots"
        yield invalid(path, name, detail)


def _side_effects(value: Any, path: str) -> Iterator[Cause]:
    if value is None:
        yield required(path, f"must specify one of {', '.join(_SIDE_EFFECTS)}")
    elif value not in _SIDE_EFFECTS:
        yield unsupported(path, value, _SIDE_EFFECTS)


def _client(client: Manifest, path: str) -> Iterator[Cause]:
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        yield required(path, "exactly one of url or service is required")
    elif service is None:
        yield from _url(str(url), child(path, "url"))
    else:
        yield from _service(service, child(path, "service"))


def _url(url: str, path: str) -> Iterator[Cause]:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        yield required(path, f"url must be a valid URL: {error}{_FORM}")
        return
    if parts.scheme != "https":
        yield invalid(path, parts.scheme, f"'https' is the only allowed URL scheme{_FORM}")
    user, at, host = parts.netloc.rpartition("@")
    if not host:
        yield invalid(path, "", f"host must be specified{_FORM}")
    if at:
        yield invalid(path, user, "user information is not permitted in the URL")
    if parts.fragment:
        yield invalid(path, parts.fragment, "fragments are not permitted in the URL")
    if parts.query:
        yield invalid(path, parts.query, "query parameters are not permitted in the URL")


def _service(service: Manifest, path: str) -> Iterator[Cause]:
    # The API server hands the two on in each other's place.
    for wanted, told in (("namespace", "name"), ("name", "namespace")):
        if not service.get(wanted):
            yield required(child(path, told))
    port = service.get("port") or 0
    if not 1 <= port <= 65535:
        detail = "port is not valid: must be between 1 and 65535, inclusive"
        yield invalid(child(path, "port"), port, detail)
    yield from _path(str(service.get("path") or "/"), child(path, "path"))


def _path(text: str, path: str) -> Iterator[Cause]:
    if text == "/":
        return
    if text == "//":
        yield invalid(path, text, "segment[0] may not be empty")
        return
    if not text.startswith("/"):
        yield invalid(path, text, "must start with a '/'")
    for at, step in enumerate(text[1:].removesuffix("/").split("/")):
        if not step:
            yield invalid(path, text, f"segment[{at}] may not be empty")
            continue
        problems = names.dns_subdomain(step)
        yield from each(path, text, (f"segment[{at}]: {problem}" for problem in problems))


def _versions(versions: list[str], path: str) -> Iterator[Cause]:
    listed = ", ".join(_VERSIONS)
    if not versions:
        yield required(path, f"must specify one of {listed}")
        return
    for at, version in enumerate(versions):
        if version in versions[:at]:
            yield invalid(below(path, at), version, "duplicate version")
        else:
            yield from each(below(path, at), version, names.dns_1035_label(version))
    if not set(versions) & set(_VERSIONS):
        yield invalid(path, versions, f"must include at least one of {listed}")
