"""All that users configured, in the order in which a write meets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from trueup.cel.kubernetes.authorization import Asked
from trueup.controlplane import defaults
from trueup.controlplane.admission.attributes import Attributes
from trueup.controlplane.admission.judging import Bound, Judge
from trueup.controlplane.admission.mutating import Mutation
from trueup.controlplane.admission.policies import Binding, Policy
from trueup.controlplane.admission.seeing import Authorize
from trueup.controlplane.admission.sender import Sender
from trueup.controlplane.admission.surroundings import World
from trueup.controlplane.admission.validating import validate
from trueup.controlplane.admission.webhooks import Caller, Webhook, webhooks_of
from trueup.controlplane.auth.user import User
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.kinds import Rules
from trueup.controlplane.resources import Catalog
from trueup.controlplane.store import Store
from trueup.merge.serverside import managed_fields_problem
from trueup.objects import Manifest

GROUP = "admissionregistration.k8s.io"

_Configured = TypeVar("_Configured")


class Chain:
    """``authorize`` answers what policies ask about users; nobody may do anything until it is set."""

    def __init__(self, store: Store, catalog: Catalog, rules: Rules) -> None:
        self.authorize: Authorize = _nobody
        self._rules = rules
        self._store = store
        self._sender = Sender()
        world = World(store, catalog)
        self._caller = Caller(world, self._sender, self._may)
        self._judge = Judge(world, self._may)
        self._mutating = self._listed("mutatingwebhookconfigurations", _webhooks)
        self._validating = self._listed("validatingwebhookconfigurations", _webhooks)
        self._policies = self._listed("validatingadmissionpolicies", Policy)
        self._bindings = self._listed("validatingadmissionpolicybindings", Binding)

    def _listed(
        self, plural: str, read: Callable[[Manifest], _Configured]
    ) -> dict[str, _Configured]:
        """What is stored, by name, and kept up to date."""
        bucket, found = f"{GROUP}/{plural}", dict[str, _Configured]()

        def written(obj: Manifest) -> None:
            found[obj["metadata"]["name"]] = read(obj)
            for name in sorted(found):  # the order in which they are asked
                found[name] = found.pop(name)

        def removed(obj: Manifest) -> None:
            found.pop(obj["metadata"]["name"], None)

        self._rules.listen(bucket, written, removed)
        for entry in self._store.bucket(bucket).entries():
            written(decode(entry))
        return found

    @property
    def is_idle(self) -> bool:
        """Whether nothing is configured that a write could be shown to."""
        return not (self._mutating or self._validating or self._bindings)

    async def mutate(
        self, attributes: Attributes, between: Callable[[], None] = lambda: None
    ) -> None:
        """Let webhooks change ``attributes.obj``; raises what they have against it.

        ``between`` is what the server itself does to the object, again before a second round.
        """
        hooks = [hook for hooks in self._mutating.values() for hook in hooks]
        if not hooks or attributes.resource.group == GROUP:
            return
        owners = _owners(attributes)
        await Mutation(self._caller, self._complete, attributes).run(hooks, between)
        _keep_owners(attributes, owners)

    async def validate(self, attributes: Attributes) -> None:
        """Raises what policies and webhooks have against the write."""
        if attributes.resource.group == GROUP:
            return
        self._judge.judge(self._bound(), attributes)
        hooks = [hook for hooks in self._validating.values() for hook in hooks]
        await validate(self._caller, hooks, attributes)

    async def close(self) -> None:
        await self._sender.close()

    def _bound(self) -> list[Bound]:
        bound = {name: Bound(policy, []) for name, policy in self._policies.items()}
        for binding in self._bindings.values():
            if binding.policy in bound:
                bound[binding.policy].bindings.append(binding)
        return [each for each in bound.values() if each.bindings]

    def _may(self, user: User, asked: Asked) -> tuple[bool, str]:
        return self.authorize(user, asked)

    def _complete(self, attributes: Attributes) -> None:
        assert attributes.obj is not None
        call = attributes.call
        if attributes.kind.kind == call.resource.kind:
            quiet = replace(call, field_validation="Ignore", doubts=(), warnings=[])
            self._rules.complete(quiet, attributes.obj)
        else:
            defaults.apply_defaults(attributes.obj)


def _webhooks(configuration: Manifest) -> list[Webhook]:
    return list(webhooks_of(configuration))


def _nobody(user: User, asked: Asked) -> tuple[bool, str]:
    return False, ""


def _owners(attributes: Attributes) -> list[Manifest] | None:
    return ((attributes.obj or {}).get("metadata") or {}).get("managedFields")


def _keep_owners(attributes: Attributes, before: list[Manifest] | None) -> None:
    """What webhooks made of managedFields counts only if it can be read."""
    problem = managed_fields_problem(_owners(attributes) or ())
    if problem and attributes.obj is not None:
        attributes.obj["metadata"]["managedFields"] = before
        attributes.call.warn(
            ".metadata.managedFields was in an invalid state after admission; this could be caused"
            " by an outdated mutating admission controller; please fix your requests:"
            f" {problem}"
        )
