"""Webhooks: from their configurations to whom a write is shown, and what calling one gives."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.admission.conditions import Conditions
from trueup.controlplane.admission.expressions import Failed, Scope
from trueup.controlplane.admission.matching import Criteria, Match, match
from trueup.controlplane.admission.review import (
    VERSIONS,
    BadAnswer,
    Verdict,
    review_of,
    verdict_of,
)
from trueup.controlplane.admission.seeing import Authorize, activation_of
from trueup.controlplane.admission.sender import CallFailed, Endpoint, Sender
from trueup.controlplane.admission.services import Unresolved, address_of
from trueup.controlplane.admission.surroundings import World
from trueup.controlplane.registry import refusals
from trueup.errors import ApiError, BadRequest
from trueup.objects import Manifest


class Uncalled(Exception):
    """A webhook could not be asked; the text says why, as Kubernetes words it."""


class Webhook:
    """One entry of a configuration; ``uid`` tells it from all others."""

    def __init__(self, declared: Mapping[str, Any], uid: str) -> None:
        self.uid = uid
        self.name = str(declared["name"])
        self.criteria = Criteria.of_webhook(declared)
        self.ignores_failure = declared.get("failurePolicy") == "Ignore"
        self.is_reinvoked = declared.get("reinvocationPolicy") == "IfNeeded"
        self.seconds = float(declared.get("timeoutSeconds") or 10)
        self._declared = declared

    @cached_property
    def conditions(self) -> Conditions:
        return Conditions(self._declared.get("matchConditions") or (), Scope())

    @property
    def may_run_dry(self) -> bool:
        return self._declared.get("sideEffects") in ("None", "NoneOnDryRun")

    @property
    def client(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._declared.get("clientConfig") or {}
        return found

    @property
    def version(self) -> str | None:
        """The first version of reviews that both sides know."""
        versions = self._declared.get("admissionReviewVersions") or ()
        return next((version for version in versions if version in VERSIONS), None)


def webhooks_of(configuration: Manifest) -> Iterator[Webhook]:
    """The webhooks of a configuration in its order."""
    seen: dict[str, int] = {}
    for declared in configuration.get("webhooks") or ():
        name = str(declared["name"])
        uid = f"{configuration['metadata']['name']}/{name}/{seen.get(name, 0)}"
        seen[name] = seen.get(name, 0) + 1
        yield Webhook(declared, uid)


class Caller:
    """Decides whether a webhook is to be called, and calls it."""

    def __init__(self, world: World, sender: Sender, authorize: Authorize) -> None:
        self._world = world
        self._sender = sender
        self._authorize = authorize

    def match(self, hook: Webhook, attributes: Attributes) -> Match | None:
        """How the webhook covers the write; None if it is not to be called.

        NotFound for a missing namespace, Forbidden where its conditions fail.
        """
        found = match(hook.criteria, attributes, self._world)
        if found is None or not hook.conditions:
            return found
        seen = attributes.seen_as(found.kind)
        try:
            holds = hook.conditions.hold(activation_of(seen, found, self._authorize))
        except Failed as failure:
            if hook.ignores_failure:
                return None
            call = attributes.call
            raise refusals.forbidden(call.resource, attributes.name, str(failure)) from failure
        return found if holds else None

    async def ask(
        self, hook: Webhook, attributes: Attributes, found: Match, *, may_patch: bool
    ) -> Verdict:
        """Its verdict; ``attributes`` have their objects in the version that ``found`` says.

        Uncalled, and whatever denies the write.
        """
        if attributes.call.dry_run and not hook.may_run_dry:
            raise BadRequest(f'admission webhook "{hook.name}" does not support dry run')
        verdict = await self._call(hook, attributes, found, may_patch=may_patch)
        for warning in verdict.warnings:
            attributes.call.warn(warning)
        if not verdict.allowed:
            raise denial(hook.name, verdict.status or {})
        return verdict

    async def _call(
        self, hook: Webhook, attributes: Attributes, found: Match, *, may_patch: bool
    ) -> Verdict:
        version, uid = hook.version, str(uuid.uuid4())
        if version is None:
            raise Uncalled(
                "could not create admission objects: webhook does not accept known"
                " AdmissionReview versions (v1, v1beta1)"
            )
        body = review_of(attributes, found, version, uid)
        try:
            answer = await self._sender.post(self._endpoint(hook), body, hook.seconds)
            return verdict_of(answer, version, uid, may_patch=may_patch)
        except CallFailed as error:
            raise Uncalled(f"failed to call webhook: {error}") from error
        except BadAnswer as error:
            raise Uncalled(str(error)) from error

    def _endpoint(self, hook: Webhook) -> Endpoint:
        authority = str(hook.client.get("caBundle") or "")
        service = hook.client.get("service")
        if service is None:
            return Endpoint(str(hook.client.get("url")), authority)
        port, path = service.get("port") or 443, service.get("path") or "/"
        url = f"https://{service['name']}.{service['namespace']}.svc:{port}{path}"
        try:
            return Endpoint(url, authority, address_of(service, self._world))
        except Unresolved as error:
            raise CallFailed(f'Post "{url}?timeout={int(hook.seconds)}s": {error}') from error


def denial(name: str, status: Manifest) -> ApiError:
    """The refusal that a webhook's ``status`` explains."""
    said = status.get("message") or status.get("reason")
    text = f'admission webhook "{name}" denied the request'
    code = status.get("code")
    return ApiError(
        f"{text}: {said}" if said else f"{text} without explanation",
        code=code if isinstance(code, int) and 400 <= code <= 599 else 400,
        reason=str(status.get("reason") or ""),
        details=_details(status.get("details")),
    )


def _details(given: Any) -> Manifest | None:
    if not isinstance(given, dict) or not isinstance(given.get("retryAfterSeconds", 0), int):
        return None
    return given


def failure(hook: Webhook, error: Uncalled) -> ApiError:
    """What becomes of a write whose webhook could not be asked."""
    return refusals.internal(f'failed calling webhook "{hook.name}": {error}')
